// Only what Geometry calls: lapacke.h declares thousands of functions, and its complex types need a C
// header that Swift cannot import. lapack_int is int except in 64-bit-index builds, which have other names.
enum { LAPACK_COLUMN_MAJOR = 102 };
int LAPACKE_dsyev_work(int layout, char job, char triangle, int n, double *a, int lda, double *w, double *work, int lwork);
int LAPACKE_dgesvd_work(int layout, char job_u, char job_vt, int m, int n, double *a, int lda, double *s, double *u, int ldu, double *vt, int ldvt, double *work, int lwork);
int LAPACKE_dgelss_work(int layout, int m, int n, int columns, double *a, int lda, double *b, int ldb, double *s, double rcond, int *rank, double *work, int lwork);
