/// The commit that the program was built from, in hexadecimal digits; empty where it is not known.
const char *sixdof_commit(void);
