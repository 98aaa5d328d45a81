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
static struct words option_text(const struct cloud_call *call) {
    const char *since =
        is_read(call) && call->limit.source != LIMIT_OPTION ? " (where the CLI knows it)" : "";
    return config_source(call->config) == CONFIG_OF_DO
               ? words_none()
               : words_text(call->ctx->arena, "the resource option customTimeouts.%s%s",
                            call->phase, since);
}

static struct words input_text(const struct cloud_call *call) {
    bool is_there = !is_read(call) && prop_find(call->props, STR("timeouts")) != NULL;
    return is_there ? words_text(call->ctx->arena, "the input timeouts.%s", call->phase)
                    : words_none();
}

/* Those from one place up to another, as a list. */
static struct words list_of(struct arena *arena, const struct words *places, size_t from,
                            size_t end, const char *before_last) {
    struct words list = words_none();
    struct words last = words_none();
    for (size_t i = from; i < end; i++) {
        if (places[i].text.len > 0) {
            list = last.text.len == 0 ? list : words_join(arena, list, ", ", last);
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

struct words outcome_more_time(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    const struct time_limit *limit = &call->limit;
    struct words places[PLACES] = {0};
    if (limit->source == LIMIT_FIXED || cancel_deadline(call->ctx->cancel) != limit->end_ms) {
        return words_none();
    }
    places[LIMIT_OPTION] = option_text(call);
    places[LIMIT_INPUT] = input_text(call);
    places[LIMIT_SETTING] = access_setting(call, "timeout");
    struct str seconds = value_number_text(arena, limit->seconds);
    struct words before = list_of(arena, places, 0, (size_t)limit->source, " or ");
    struct words after = list_of(arena, places, (size_t)limit->source + 1, PLACES, " and ");
    if (limit->source == LIMIT_USUAL) {
        return words_text(arena, "For more time than the usual %.*s s set %p%s", STR_ARG(seconds),
                          WORDS_ARG(before), entry_text(call));
    }
    struct words other = words_none();
    if (before.text.len > 0) {
        other = words_text(arena, ", or set %p", WORDS_ARG(before));
    } else if (limit->source == LIMIT_OPTION) {
        other = words_text(arena, ", which takes precedence over %p", WORDS_ARG(after));
    }
    return words_text(arena, "For more time than %.*s s raise %p%p%s", STR_ARG(seconds),
                      WORDS_ARG(places[limit->source]), WORDS_ARG(other), entry_text(call));
}

struct words outcome_with_more_time(struct cloud_call *call, struct words message) {
    struct words more = outcome_more_time(call);
    return more.text.len == 0 ? message : words_join(call->ctx->arena, message, ". ", more);
}
