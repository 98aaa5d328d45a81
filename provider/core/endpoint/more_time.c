/* What gives a call more time (docs/waiting.md). */
#include "base/words.h"
#include "core/config.h"
#include "core/endpoint/access.h"
#include "core/endpoint/outcome.h"

/* By enum limit_source; all that anybody can set come before the usual. */
enum { PLACES = LIMIT_USUAL };

static bool is_read(const struct cloud_call *call) {
    return str_is_c(STR("read"), call->phase);
}

/* What `pulumi do` changes is in no program, and has no options. */
static struct str option_text(const struct cloud_call *call) {
    const char *since =
        is_read(call) && call->limit.source != LIMIT_OPTION ? " (where the CLI knows it)" : "";
    return config_source(call->config) == CONFIG_OF_DO
               ? STR_EMPTY
               : words_text(call->ctx->arena, "the resource option customTimeouts.%s%s",
                            call->phase, since);
}

static struct str input_text(const struct cloud_call *call) {
    bool is_there = !is_read(call) && prop_find(call->props, STR("timeouts")) != NULL;
    return is_there ? words_text(call->ctx->arena, "the input timeouts.%s", call->phase)
                    : STR_EMPTY;
}

/* Those from one place up to another, as a list. */
static struct str list_of(struct arena *arena, const struct str *places, size_t from, size_t end,
                          const char *before_last) {
    struct str list = STR_EMPTY;
    struct str last = STR_EMPTY;
    for (size_t i = from; i < end; i++) {
        if (places[i].len > 0) {
            list = last.len == 0 ? list : words_join(arena, list, ", ", last);
            last = places[i];
        }
    }
    return words_join(arena, list, before_last, last);
}

/* Deletes and looks know of the program what the state records. */
static const char *entry_text(const struct cloud_call *call) {
    bool is_by_entry = is_read(call) || str_is_c(STR("delete"), call->phase);
    return is_by_entry && config_source(call->config) != CONFIG_OF_DO
               ? "; what the program says counts as the state records it, after a pulumi up"
               : "";
}

struct str outcome_more_time(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    const struct time_limit *limit = &call->limit;
    struct str places[PLACES] = {0};
    if (limit->source == LIMIT_FIXED || cancel_deadline(call->ctx->cancel) != limit->end_ms) {
        return STR_EMPTY;
    }
    places[LIMIT_OPTION] = option_text(call);
    places[LIMIT_INPUT] = input_text(call);
    places[LIMIT_SETTING] = access_setting(call, "timeout");
    struct str seconds = value_number_text(arena, limit->seconds);
    struct str before = list_of(arena, places, 0, (size_t)limit->source, " or ");
    struct str after = list_of(arena, places, (size_t)limit->source + 1, PLACES, " and ");
    if (limit->source == LIMIT_USUAL) {
        return words_text(arena, "For more time than the usual %.*s s set %.*s%s", STR_ARG(seconds),
                          STR_ARG(before), entry_text(call));
    }
    struct str other = STR_EMPTY;
    if (before.len > 0) {
        other = words_text(arena, ", or set %.*s", STR_ARG(before));
    } else if (limit->source == LIMIT_OPTION) {
        other = words_text(arena, ", which takes precedence over %.*s", STR_ARG(after));
    }
    return words_text(arena, "For more time than %.*s s raise %.*s%.*s%s", STR_ARG(seconds),
                      STR_ARG(places[limit->source]), STR_ARG(other), entry_text(call));
}

struct str outcome_with_more_time(struct cloud_call *call, struct str message) {
    struct str more = outcome_more_time(call);
    return more.len == 0 ? message : words_join(call->ctx->arena, message, ". ", more);
}
