#ifndef COPENVINO_H
#define COPENVINO_H

#include <stddef.h>
#include <stdint.h>

// The part of OpenVINO's C interface that SixDoF calls, opened while the program runs: nothing of it is
// needed to build, and all else works where it is absent. Every call returns a status, 0 for success.

struct ov_core;
struct ov_model;
struct ov_compiled_model;
struct ov_infer_request;
struct ov_tensor;
struct ov_output_const_port;

struct ov_version {
  const char *build;
  const char *description;
};

struct ov_shape {
  int64_t rank;
  int64_t *sizes;
};

// A size that varies is from 0, or 1, to -1.
struct ov_dimension {
  int64_t least;
  int64_t most;
};

struct ov_partial_shape {
  struct ov_dimension rank;
  struct ov_dimension *sizes;
};

// The element types of 32-bit floats and of 64-bit integers.
enum { OV_F32 = 4, OV_I64 = 10 };

// OpenVINO's functions, by their own names less "ov_".
struct ov_calls {
  int (*get_openvino_version)(struct ov_version *version);
  void (*version_free)(struct ov_version *version);
  const char *(*get_error_info)(int status);
  const char *(*get_last_err_msg)(void);
  void (*free)(const char *text);

  int (*core_create)(struct ov_core **core);
  void (*core_free)(struct ov_core *core);
  int (*core_read_model_from_memory_buffer)(const struct ov_core *core, const char *bytes, size_t count,
                                            const struct ov_tensor *weights, struct ov_model **model);
  // Some formats are read by their file's name only; `weights` is for those that have a second file, and may
  // be NULL.
  int (*core_read_model)(const struct ov_core *core, const char *path, const char *weights,
                         struct ov_model **model);
  // Pairs of texts, a property's name and its value, follow; `count` is of texts.
  int (*core_compile_model)(const struct ov_core *core, const struct ov_model *model, const char *device,
                            size_t count, struct ov_compiled_model **compiled, ...);

  void (*model_free)(struct ov_model *model);
  int (*model_inputs_size)(const struct ov_model *model, size_t *count);
  int (*model_const_input_by_name)(const struct ov_model *model, const char *name,
                                   struct ov_output_const_port **port);
  int (*model_reshape_single_input)(const struct ov_model *model, struct ov_partial_shape shape);
  int (*model_reshape_input_by_name)(const struct ov_model *model, const char *name,
                                     struct ov_partial_shape shape);

  void (*compiled_model_free)(struct ov_compiled_model *compiled);
  int (*compiled_model_get_property)(const struct ov_compiled_model *compiled, const char *name, char **value);
  int (*compiled_model_output_by_name)(const struct ov_compiled_model *compiled, const char *name,
                                       struct ov_output_const_port **port);
  int (*compiled_model_create_infer_request)(const struct ov_compiled_model *compiled,
                                             struct ov_infer_request **request);

  int (*port_get_partial_shape)(const struct ov_output_const_port *port, struct ov_partial_shape *shape);
  int (*port_get_element_type)(const struct ov_output_const_port *port, int *type);
  void (*output_const_port_free)(struct ov_output_const_port *port);
  void (*partial_shape_free)(struct ov_partial_shape *shape);

  void (*infer_request_free)(struct ov_infer_request *request);
  int (*infer_request_get_input_tensor)(const struct ov_infer_request *request, struct ov_tensor **tensor);
  int (*infer_request_get_tensor)(const struct ov_infer_request *request, const char *name,
                                  struct ov_tensor **tensor);
  int (*infer_request_infer)(struct ov_infer_request *request);

  void (*tensor_free)(struct ov_tensor *tensor);
  int (*tensor_set_shape)(struct ov_tensor *tensor, struct ov_shape shape);
  int (*tensor_get_shape)(const struct ov_tensor *tensor, struct ov_shape *shape);
  int (*tensor_data)(const struct ov_tensor *tensor, void **data);
  int (*shape_free)(struct ov_shape *shape);
};

// Opens the library at `path` and finds its functions. It is never closed, for its threads may live on.
//
// Returns NULL, or what is wrong: the loader's words or a missing function's name, valid until the thread's
// next call.
const char *ov_open(const char *path, struct ov_calls *calls);

// core_compile_model for the processor, for Swift, which calls no function with a variable number of arguments.
int ov_compile_for_cpu(const struct ov_calls *calls, const struct ov_core *core, const struct ov_model *model,
                       const char *precision, const char *threads, struct ov_compiled_model **compiled);

#endif
