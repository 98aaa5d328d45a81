#include "rpc/handlers.h"
#include "rpc/message.h"

enum err_code diff_request_of(struct call *call, const Pulumirpc__DiffRequest *request,
                              struct diff_request *out) {
    TRY(field_struct_or_empty(call, "olds", request->has_olds, &request->olds, &out->olds));
    TRY(field_struct_or_empty(call, "news", request->has_news, &request->news, &out->news));
    TRY(field_struct(call, "old_inputs", request->has_old_inputs, &request->old_inputs,
                     &out->old_inputs));
    out->id = str_of(request->id);
    out->ignore_change_count = request->n_ignore_changes;
    out->ignore_changes = field_texts(call, request->ignore_changes, request->n_ignore_changes);
    return ERR_OK;
}

static Pulumirpc__PropertyDiffEntry *entry_to(struct arena *arena, const struct diff_entry *entry) {
    Pulumirpc__PropertyDiffEntry *message = ARENA_NEW(arena, Pulumirpc__PropertyDiffEntry);
    Pulumirpc__PropertyDiff *diff = ARENA_NEW(arena, Pulumirpc__PropertyDiff);
    pulumirpc__property_diff_entry__init(message);
    pulumirpc__property_diff__init(diff);
    message->key = message_text(arena, entry->path);
    message->value = diff;
    diff->has_kind = true;
    diff->kind = (Pulumirpc__PropertyDiff__Kind)entry->kind;
    diff->has_input_diff = entry->input_diff;
    diff->input_diff = entry->input_diff;
    return message;
}

void diff_response_to(struct call *call, const struct diff_response *response,
                      Pulumirpc__DiffResponse *out) {
    struct arena *arena = call->ctx.arena;
    out->has_changes = true;
    out->changes = response->changed ? PULUMIRPC__DIFF_RESPONSE__CHANGES__SOME
                                     : PULUMIRPC__DIFF_RESPONSE__CHANGES__NONE;
    out->has_delete_before_replace = response->delete_before_replace;
    out->delete_before_replace = response->delete_before_replace;
    out->n_diffs = response->diff_count;
    out->diffs = field_set_texts(call, response->diffs, response->diff_count);
    out->n_replaces = response->replace_count;
    out->replaces = field_set_texts(call, response->replaces, response->replace_count);
    out->n_stables = response->stable_count;
    out->stables = field_set_texts(call, response->stables, response->stable_count);
    /* Always, also when there is nothing to say: else the engine makes up its own. */
    out->has_has_detailed_diff = true;
    out->has_detailed_diff = true;
    out->n_detailed_diff = response->entry_count;
    out->detailed_diff = ARENA_ARRAY(arena, response->entry_count, Pulumirpc__PropertyDiffEntry *);
    for (size_t i = 0; i < response->entry_count; i++) {
        out->detailed_diff[i] = entry_to(arena, &response->entries[i]);
    }
}

enum err_code handle_diff(struct call *call, const Pulumirpc__DiffRequest *request,
                          Pulumirpc__DiffResponse *response) {
    struct diff_request diff = {0};
    struct diff_response result = {0};
    struct identity identity;
    TRY(field_identity(call, request->urn, request->name, request->type, &identity));
    TRY(diff_request_of(call, request, &diff));
    diff.urn = identity.urn;
    diff.name = identity.name;
    diff.type = identity.type;
    TRY(provider_diff(call->service->provider, &call->ctx, &diff, &result));
    diff_response_to(call, &result, response);
    return ERR_OK;
}
