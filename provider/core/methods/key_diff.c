/* When a key is replaced. */
#include "core/endpoint/call.h"
#include "core/methods/diff_answer.h"
#include "core/methods/key.h"
#include "core/methods/key_term.h"

/* The end of the term is an output: no input differs. */
static bool add_renewal(struct diff_list *diffs) {
    size_t before = diffs->count;
    diff_list_add(diffs, STR("expiresAt"), DIFF_UPDATE, true);
    if (diffs->count == before) {
        return false;
    }
    diffs->entries[before].input_diff = false;
    return true;
}

static void tell_renewal(struct ctx *ctx, const struct resource *resource,
                         const struct diff_request *request, int64_t now) {
    struct str end = value_text_at(request->olds, "expiresAt");
    int64_t left = key_end(request->olds) - now;
    if (left <= 0) {
        log_info(&ctx->log, "%s: the key ended at %.*s: another one is made",
                 resource->cloud->tables->title, STR_ARG(end));
        return;
    }
    struct str rest = key_duration(ctx->arena, left);
    double least = key_renew_before(&resource->row->props, request->news);
    struct str wanted = key_duration(ctx->arena, (int64_t)least);
    log_info(
        &ctx->log,
        "%s: the key ends at %.*s, in %.*s, and is renewed when less than %.*s is left: another "
        "one is made first, and this one works until then",
        resource->cloud->tables->title, STR_ARG(end), STR_ARG(rest), STR_ARG(wanted));
}

enum err_code key_diff(struct provider *provider, struct ctx *ctx, const struct resource *resource,
                       const struct diff_request *request, struct diff_response *out) {
    const struct prop_table *props = &resource->row->props;
    const struct value *news = request->news != NULL ? request->news : value_map(ctx->arena);
    const struct value *olds = request->old_inputs != NULL
                                   ? request->old_inputs
                                   : prop_old_inputs(ctx, props, request->olds, news);
    int64_t now = ctx->clock->wall_seconds(ctx->clock);
    struct diff_list diffs = {.ctx = ctx,
                              .ignored = request->ignore_changes,
                              .ignored_count = request->ignore_change_count};
    prop_diff(&diffs, props, olds, news);
    bool is_renewed = key_is_due(props, news, key_end(request->olds), now) && add_renewal(&diffs);
    diff_answer(&diffs, props, out);
    if (ledger_note_diff(provider_ledger(provider), request->urn, request->id,
                         out->replace_count > 0) &&
        is_renewed) {
        tell_renewal(ctx, resource, request, now);
    }
    return ERR_OK;
}
