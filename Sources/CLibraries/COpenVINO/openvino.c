#include "COpenVINO.h"

#include <dlfcn.h>
#include <string.h>

struct symbol {
  const char *name;
  size_t offset;
};

#define SYMBOL(member) {"ov_" #member, offsetof(struct ov_calls, member)}

static const struct symbol symbols[] = {
    SYMBOL(get_openvino_version),
    SYMBOL(version_free),
    SYMBOL(get_error_info),
    SYMBOL(get_last_err_msg),
    SYMBOL(free),
    SYMBOL(core_create),
    SYMBOL(core_free),
    SYMBOL(core_read_model_from_memory_buffer),
    SYMBOL(core_read_model),
    SYMBOL(core_compile_model),
    SYMBOL(model_free),
    SYMBOL(model_inputs_size),
    SYMBOL(model_const_input_by_name),
    SYMBOL(model_reshape_single_input),
    SYMBOL(model_reshape_input_by_name),
    SYMBOL(compiled_model_free),
    SYMBOL(compiled_model_get_property),
    SYMBOL(compiled_model_output_by_name),
    SYMBOL(compiled_model_create_infer_request),
    SYMBOL(port_get_partial_shape),
    SYMBOL(port_get_element_type),
    SYMBOL(output_const_port_free),
    SYMBOL(partial_shape_free),
    SYMBOL(infer_request_free),
    SYMBOL(infer_request_get_input_tensor),
    SYMBOL(infer_request_get_tensor),
    SYMBOL(infer_request_infer),
    SYMBOL(tensor_free),
    SYMBOL(tensor_set_shape),
    SYMBOL(tensor_get_shape),
    SYMBOL(tensor_data),
    SYMBOL(shape_free),
};

// A member of ov_calls that no row fills would be called as NULL.
_Static_assert(sizeof symbols / sizeof *symbols == sizeof(struct ov_calls) / sizeof(void *),
               "one symbol for each call");

const char *ov_open(const char *path, struct ov_calls *calls) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return dlerror();
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    void *function = dlsym(library, symbols[i].name);
    if (function == NULL) return symbols[i].name;
    memcpy((char *)calls + symbols[i].offset, &function, sizeof function);
  }
  return NULL;
}

int ov_compile_for_cpu(const struct ov_calls *calls, const struct ov_core *core, const struct ov_model *model,
                       const char *precision, const char *threads, struct ov_compiled_model **compiled) {
  // Pinned, the threads of all models, and of all processes, would share the first core while the others wait.
  // Without the last, what was prepared for each input size stays, and memory grows with their number.
  return calls->core_compile_model(core, model, "CPU", 10, compiled, "INFERENCE_PRECISION_HINT", precision,
                                   "INFERENCE_NUM_THREADS", threads, "NUM_STREAMS", "1", "ENABLE_CPU_PINNING", "NO",
                                   "CPU_RUNTIME_CACHE_CAPACITY", "0");
}
