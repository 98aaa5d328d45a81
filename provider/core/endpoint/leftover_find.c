#include "base/flight.h"
#include "base/words.h"
#include "core/endpoint/call.h"
#include "core/endpoint/leftover_int.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/name.h"
#include "core/endpoint/outcome.h"
#include "core/endpoint/pager.h"

/* Without a mark an endpoint is a guess for so long. */
#define GUESS_SECONDS ((int64_t)24 * 3600)

static struct str id_of(struct cloud_call *call, const struct pager_item *item) {
    struct arena *arena = call->ctx->arena;
    struct str name = item->name.len > 0 ? item->name : item->id;
    struct cloud_call other = *call;
    other.params = value_map_clone(arena, call->params);
    value_map_set_text(arena, other.params, "endpointId", arena_str(arena, item->id));
    value_map_set(arena, other.params, str_of(call->cloud->tables->name_rule.property),
                  value_string(arena, arena_str(arena, name)));
    return call_id(&other);
}

/* An autonamed endpoint of an earlier run has another name than this run chose. */
static bool is_same_declaration(struct cloud_call *call, const struct value *wire) {
    const struct cloud_tables *tables = call->cloud->tables;
    const struct cloud_hooks *hooks = &call->cloud->hooks;
    struct value *inputs = prop_without(call->ctx, &tables->props, PROP_NO_CREATE, call->inputs);
    value_map_remove(inputs, str_of(tables->name_rule.property));
    struct observation seen = cloud_classify(
        call->cloud, hooks->normalise != NULL ? hooks->normalise(call->ctx, wire) : wire);
    struct diff_list unapplied = {.ctx = call->ctx};
    prop_unapplied(&unapplied, &tables->props, NULL, inputs, outcome_decode(call, &seen, inputs));
    return unapplied.count == 0;
}

/* Negative when the service does not tell. */
static int64_t age_seconds(const struct cloud_call *call, const struct value *wire) {
    int64_t created = cloud_created_at(call->cloud, wire);
    int64_t now = call->ctx->clock->wall_seconds(call->ctx->clock);
    return created < 0 ? -1 : created > now ? 0 : now - created;
}

/* What carries no mark is told by name and, where it is told, age: in a create, which has the
 * declaration, by that, too; later by the digits that were made up for this resource. */
static bool is_namesake(const struct leftover_search *search, const struct pager_item *item) {
    struct cloud_call *call = search->call;
    struct str own = value_text_at(call->inputs, call->cloud->tables->name_rule.property);
    return age_seconds(call, item->wire) < GUESS_SECONDS && name_is_sibling(own, item->name) &&
           (search->guesses ? is_same_declaration(call, item->wire)
                            : name_is_made_for(call->ctx->arena, call->urn, item->name));
}

static bool fits(const struct leftover_search *search, const struct pager_item *item) {
    return search->prefix.len > 0
               ? str_starts(mark_of(search->call->cloud->tables, item->wire), search->prefix)
               : is_namesake(search, item);
}

/* Services that show what they delete call it so; how ModelArk does is assumed (docs/apis/ark.md
 * 9). */
static bool is_on_its_way_out(const struct cloud_call *call, const struct value *wire) {
    struct observation seen = cloud_classify(call->cloud, wire);
    return seen.state == STATE_GONE || str_is_nocase(seen.state_word, STR("deleting"));
}

static void take(struct leftover_search *search, const struct pager_item *item) {
    struct cloud_call *call = search->call;
    struct arena *arena = call->ctx->arena;
    bool counts = fits(search, item) && !is_on_its_way_out(call, item->wire);
    struct str id = counts ? id_of(call, item) : STR_EMPTY;
    if (id.len == 0 || search->count == LEFTOVER_MAX || ledger_holds_id(call->ledger, id)) {
        return;
    }
    search->found[search->count++] = (struct leftover){
        .id = id, .made = arena_str(arena, item->id), .age_seconds = age_seconds(call, item->wire)};
}

void leftover_find(struct leftover_search *search, const struct sweep *sweep) {
    bool marked = mark_is_possible(search->call->cloud->tables);
    search->prefix = marked ? mark_prefix(search->call) : STR_EMPTY;
    for (size_t i = 0; i < sweep->items->list.count; i++) {
        struct pager_item item = pager_item_of(search->call, sweep->items->list.items[i]);
        take(search, &item);
    }
}

struct words leftover_age(struct arena *arena, const struct leftover *one) {
    int64_t seconds = one->age_seconds;
    if (seconds < 0) {
        return words_text(arena, "at an unknown time");
    }
    return seconds < 7200     ? words_text(arena, "%lld min ago", (long long)seconds / 60)
           : seconds < 172800 ? words_text(arena, "%lld h ago", (long long)seconds / 3600)
                              : words_text(arena, "%lld days ago", (long long)seconds / 86400);
}

bool leftover_is_news(struct cloud_call *call, const struct leftover *one) {
    struct str key = arena_printf(call->ctx->arena, "left over %.*s", STR_ARG(one->id));
    return flight_is_first(call->said, call->ctx, key);
}
