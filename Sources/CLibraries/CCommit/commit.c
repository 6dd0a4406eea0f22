#include "commit.h"

#ifndef SIXDOF_COMMIT
#define SIXDOF_COMMIT ""
#endif

const char *sixdof_commit(void) { return SIXDOF_COMMIT; }
