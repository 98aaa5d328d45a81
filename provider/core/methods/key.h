#ifndef CORE_METHODS_KEY_H
#define CORE_METHODS_KEY_H

#include "core/methods/resource.h"

/* The methods of provider.h for keys that call endpoints (RESOURCE_KEY); what is said there holds
 * here, too. A key is made once and shown once: it can neither be looked at nor changed, so only
 * Create sends a request. */

enum err_code key_check(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                        const struct check_request *request, struct check_response *out) MUST_USE;
/* Also a replacement while less of its term is left than `renewBefore`, by the clock of this
 * machine. */
enum err_code key_diff(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                       const struct diff_request *request, struct diff_response *out) MUST_USE;
enum err_code key_create(struct provider *provider, struct ctx *ctx,
                         const struct resource *resource, const struct create_request *request,
                         struct create_response *out) MUST_USE;
/* Keeps what the state has; without a state (an import) there is nothing to be had. */
enum err_code key_read(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                       const struct read_request *request, struct read_response *out) MUST_USE;
enum err_code key_update(struct provider *provider, struct ctx *ctx,
                         const struct resource *resource, const struct update_request *request,
                         struct update_response *out) MUST_USE;
/* Only says until when the key works. */
enum err_code key_delete(struct provider *provider, struct ctx *ctx,
                         const struct resource *resource,
                         const struct delete_request *request) MUST_USE;
enum err_code key_list(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                       const struct list_request *request, struct list_receiver *receiver) MUST_USE;

#endif
