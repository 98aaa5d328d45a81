#ifndef CORE_METHODS_ENDPOINT_H
#define CORE_METHODS_ENDPOINT_H

#include "core/methods/resource.h"

/* The methods of provider.h for a cloud's endpoints; what is said there holds here, too. */

enum err_code endpoint_check(struct provider *provider, struct ctx *ctx,
                             const struct resource *resource, const struct check_request *request,
                             struct check_response *out) MUST_USE;
enum err_code endpoint_diff(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct diff_request *request,
                            struct diff_response *out) MUST_USE;
enum err_code endpoint_create(struct provider *provider, struct ctx *ctx,
                              const struct resource *resource, const struct create_request *request,
                              struct create_response *out) MUST_USE;
enum err_code endpoint_read(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct read_request *request,
                            struct read_response *out) MUST_USE;
enum err_code endpoint_update(struct provider *provider, struct ctx *ctx,
                              const struct resource *resource, const struct update_request *request,
                              struct update_response *out) MUST_USE;
enum err_code endpoint_delete(struct provider *provider, struct ctx *ctx,
                              const struct resource *resource,
                              const struct delete_request *request) MUST_USE;
enum err_code endpoint_list(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct list_request *request,
                            struct list_receiver *receiver) MUST_USE;

#endif
