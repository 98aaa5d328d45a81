#include "core/methods/resource.h"

#include "core/endpoint/call.h"
#include "core/methods/endpoint.h"
#include "core/methods/key.h"
#include "core/methods/token.h"

/* What a kind of resource does in each method. */
struct resource_methods {
    enum err_code (*check)(struct provider *provider, struct ctx *ctx,
                           const struct resource *resource, const struct check_request *request,
                           struct check_response *out);
    enum err_code (*diff)(struct provider *provider, struct ctx *ctx,
                          const struct resource *resource, const struct diff_request *request,
                          struct diff_response *out);
    enum err_code (*create)(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct create_request *request,
                            struct create_response *out);
    enum err_code (*read)(struct provider *provider, struct ctx *ctx,
                          const struct resource *resource, const struct read_request *request,
                          struct read_response *out);
    enum err_code (*update)(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct update_request *request,
                            struct update_response *out);
    enum err_code (*remove)(struct provider *provider, struct ctx *ctx,
                            const struct resource *resource, const struct delete_request *request);
    enum err_code (*list)(struct provider *provider, struct ctx *ctx,
                          const struct resource *resource, const struct list_request *request,
                          struct list_receiver *receiver);
};

static const struct resource_methods of_kinds[] = {
    [RESOURCE_ENDPOINT] = {.check = endpoint_check,
                           .diff = endpoint_diff,
                           .create = endpoint_create,
                           .read = endpoint_read,
                           .update = endpoint_update,
                           .remove = endpoint_delete,
                           .list = endpoint_list},
    [RESOURCE_KEY] = {.check = key_check,
                      .diff = key_diff,
                      .create = key_create,
                      .read = key_read,
                      .update = key_update,
                      .remove = key_delete,
                      .list = key_list},
};

static bool find_in(const struct cloud *cloud, struct str type, struct resource *out) {
    const struct cloud_tables *tables = cloud->tables;
    *out = (struct resource){.cloud = cloud};
    if (str_is_c(type, tables->token)) {
        return true;
    }
    for (size_t i = 0; i < tables->resource_count; i++) {
        if (str_is_c(type, tables->resources[i].token)) {
            out->row = &tables->resources[i];
            return true;
        }
    }
    return false;
}

static bool find(const struct cloud *const *clouds, struct str type, struct resource *out) {
    for (; *clouds != NULL; clouds++) {
        if (find_in(*clouds, type, out)) {
            return true;
        }
    }
    return false;
}

enum err_code resource_find(struct provider *provider, struct ctx *ctx, struct str type,
                            struct resource *out) {
    const struct cloud *const *clouds = provider_options(provider)->clouds;
    config_redact(provider_config(provider), &ctx->redact); /* what is wrong may be one of them */
    if (!find(clouds, type, out)) {
        struct words advice = token_advice(ctx->arena, clouds, type, TOKEN_RESOURCE);
        return ctx_fail(ctx, ERR_INVALID, "\"%.*s\" is not a resource type of this provider; %p",
                        STR_ARG(type), WORDS_ARG(advice));
    }
    return provider_config(provider) != NULL
               ? ERR_OK
               : ctx_fail(ctx, ERR_PRECONDITION,
                          "the provider has not been configured: Configure has to come first");
}

static enum err_code methods_of(struct provider *provider, struct ctx *ctx, struct str type,
                                struct resource *resource, const struct resource_methods **out) {
    TRY(resource_find(provider, ctx, type, resource));
    *out = &of_kinds[resource->row == NULL ? RESOURCE_ENDPOINT : resource->row->kind];
    return ERR_OK;
}

enum err_code provider_check(struct provider *provider, struct ctx *ctx,
                             const struct check_request *request, struct check_response *out) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    TRY(methods_of(provider, ctx, request->type, &resource, &methods));
    return methods->check(provider, ctx, &resource, request, out);
}

enum err_code provider_diff(struct provider *provider, struct ctx *ctx,
                            const struct diff_request *request, struct diff_response *out) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    *out = (struct diff_response){0};
    TRY(methods_of(provider, ctx, request->type, &resource, &methods));
    return methods->diff(provider, ctx, &resource, request, out);
}

enum err_code provider_create(struct provider *provider, struct ctx *ctx,
                              const struct create_request *request, struct create_response *out) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    TRY(methods_of(provider, ctx, request->type, &resource, &methods));
    return methods->create(provider, ctx, &resource, request, out);
}

enum err_code provider_read(struct provider *provider, struct ctx *ctx,
                            const struct read_request *request, struct read_response *out) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    *out = (struct read_response){.id = STR_EMPTY};
    TRY(methods_of(provider, ctx, request->type, &resource, &methods));
    return methods->read(provider, ctx, &resource, request, out);
}

enum err_code provider_update(struct provider *provider, struct ctx *ctx,
                              const struct update_request *request, struct update_response *out) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    TRY(methods_of(provider, ctx, request->type, &resource, &methods));
    return methods->update(provider, ctx, &resource, request, out);
}

enum err_code provider_delete(struct provider *provider, struct ctx *ctx,
                              const struct delete_request *request) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    TRY(methods_of(provider, ctx, request->type, &resource, &methods));
    return methods->remove(provider, ctx, &resource, request);
}

enum err_code provider_list(struct provider *provider, struct ctx *ctx,
                            const struct list_request *request, struct list_receiver *receiver) {
    struct resource resource = {0};
    const struct resource_methods *methods = NULL;
    TRY(methods_of(provider, ctx, request->token, &resource, &methods));
    return methods->list(provider, ctx, &resource, request, receiver);
}
