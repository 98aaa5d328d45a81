#include "core/endpoint/pager.h"

#include <search.h>
#include <stdlib.h>

#include "base/platform.h"

/* What a list from outside may take at most. */
#define MAX_PAGES 1000
#define MAX_WALKS 3
#define MAX_POSITION 1e9
#define PAGE_CEILING (64u << 20)
#define KEPT_CEILING (32u << 20)

/* An id, and the walk in which it was seen last. */
struct seen {
    struct str id;
    int walk;
};

struct fresh_item {
    struct pager_item item;
    int64_t index; /* in its page */
};

static enum err_code fail(struct pager *pager, const char *what) {
    struct cloud_call *call = pager->call;
    const struct operation *row = cloud_operation(call->cloud, pager->table->operation);
    (void)ctx_fail(call->ctx, ERR_UNAVAILABLE, "%s: %s: %s", call->cloud->tables->title, row->doing,
                   what);
    call->ctx->error.http_status = pager->status;
    return ERR_UNAVAILABLE;
}

/* Ids */

static int by_id(const void *a, const void *b) {
    return str_compare(((const struct seen *)a)->id, ((const struct seen *)b)->id);
}

/* The entry of that id, made when there is none; NULL when memory is short. */
static struct seen *seen_of(struct pager *pager, struct str id) {
    struct seen key = {.id = id};
    struct seen **found = tfind(&key, &pager->seen, by_id);
    if (found != NULL) {
        return *found;
    }
    struct seen *entry = ARENA_NEW(pager->kept, struct seen);
    entry->id = arena_str(pager->kept, id);
    return tsearch(entry, &pager->seen, by_id) == NULL ? NULL : entry;
}

static void keep_entry(void *entry) {
    (void)entry; /* it goes with the arena */
}

static void forget(struct pager *pager) {
    platform_free_tree(&pager->seen, by_id, keep_entry);
}

/* Pages */

static void put_number(struct cloud_call *call, const char *name, int64_t number) {
    value_map_set_c(call->ctx->arena, call->params, name,
                    value_number(call->ctx->arena, (double)number));
}

/* The parameters that ask for the page. */
static void ask_for_page(const struct pager *pager, struct cloud_call *call) {
    switch (pager->table->style) {
    case LIST_WHOLE:
        return;
    case LIST_CURSOR:
        put_number(call, "pageSize", pager->size);
        if (pager->cursor.len > 0) {
            value_map_set_text(call->ctx->arena, call->params, "pageCursor", pager->cursor);
        }
        return;
    case LIST_PAGE:
        put_number(call, "pageSize", pager->size);
        put_number(call, "pageNumber", pager->page);
        return;
    case LIST_OFFSET:
        if (pager->page > 1) {
            put_number(call, "pageSize", pager->size);
            put_number(call, "pageOffset", pager->seen_count);
        }
        return;
    }
}

/* What comes in place of a page past the end of a service that may know no pages. */
static bool is_past_end(const struct pager *pager, const struct cloud_call *call,
                        const struct rest_reply *reply) {
    return pager->table->undocumented && pager->page > 1 && reply->class == FAILURE_NOT_FOUND &&
           cloud_is_own_refusal(call, reply);
}

static enum err_code send(struct pager *pager, bool *is_past) {
    struct cloud_call call = *pager->call;
    struct ctx ctx;
    struct rest_reply reply;
    arena_reset(pager->scratch);
    ctx_fork(&ctx, pager->call->ctx, pager->scratch, pager->call->ctx->cancel);
    call.ctx = &ctx;
    call.params = value_map_clone(pager->scratch, pager->call->params);
    ask_for_page(pager, &call);
    enum err_code code = cloud_send(&call, pager->table->operation, NULL, &reply);
    *is_past = code != ERR_OK && is_past_end(pager, &call, &reply);
    pager->reply = code == ERR_OK ? reply.result : NULL;
    pager->status = reply.status;
    return ctx_join(pager->call->ctx, &ctx, *is_past ? ERR_OK : code);
}

static enum err_code fail_no_list(struct pager *pager) {
    return fail(pager, "the reply holds no list of endpoints, so nothing is taken as deleted");
}

static enum err_code read_total(struct pager *pager) {
    if (pager->table->total == NULL) {
        return ERR_OK;
    }
    double total = value_count_at(pager->reply, pager->table->total);
    bool may_lack =
        pager->table->total_optional && value_is_null(value_at(pager->reply, pager->table->total));
    if (total < 0) {
        return may_lack ? ERR_OK : fail_no_list(pager);
    }
    pager->has_moved = pager->has_moved || (pager->total >= 0 && total != pager->total);
    pager->total = total;
    return ERR_OK;
}

static enum err_code find_items(struct pager *pager, const struct value **out) {
    const struct list_table *table = pager->table;
    const struct value *items =
        table->items == NULL ? pager->reply : value_at(pager->reply, table->items);
    if (table->empty_by_total && pager->total == 0 && value_is_null(items)) {
        items = value_list(pager->scratch);
    }
    if (items == NULL || items->kind != VALUE_LIST) {
        return fail_no_list(pager);
    }
    *out = items;
    return ERR_OK;
}

static struct pager_item item_of(struct arena *arena, const struct list_table *table,
                                 const struct value *wire) {
    struct str name = value_text_at(wire, table->name);
    bool has_id = value_is_map(wire) && table->id != NULL;
    return (struct pager_item){
        .wire = wire, .id = has_id ? value_id_at(arena, wire, table->id) : name, .name = name};
}

struct pager_item pager_item_of(struct cloud_call *call, const struct value *wire) {
    return item_of(call->ctx->arena, &call->cloud->tables->list, wire);
}

static enum err_code read_item(struct pager *pager, const struct value *wire, int64_t index,
                               int64_t *advance) {
    struct pager_item item = item_of(pager->scratch, pager->table, wire);
    struct str id = item.id;
    if (id.len == 0) {
        return fail(pager, "the reply holds something that is no endpoint");
    }
    struct seen *seen = seen_of(pager, id);
    if (seen == NULL || arena_is_exceeded(pager->kept)) {
        return ctx_fail(pager->call->ctx, ERR_EXHAUSTED, "%s: the list of endpoints is too long",
                        pager->call->cloud->tables->title);
    }
    if (seen->walk == 0 && index >= pager->skipped) {
        pager->fresh[pager->fresh_count++] = (struct fresh_item){.item = item, .index = index};
    }
    pager->has_found = pager->has_found || seen->walk == 0;
    *advance += seen->walk != pager->walk ? 1 : 0;
    seen->walk = pager->walk;
    return ERR_OK;
}

static bool is_all_told(const struct pager *pager) {
    return pager->total >= 0 && (double)pager->seen_count >= pager->total;
}

/* What is there and names no page does not say either that there is none. */
static enum err_code find_next_page(struct pager *pager) {
    const struct value *next = value_at(pager->reply, pager->table->next);
    pager->next_cursor =
        arena_str(pager->kept, value_id_at(pager->scratch, pager->reply, pager->table->next));
    pager->is_last = pager->next_cursor.len == 0;
    if (pager->is_last && !value_is_null(next) && !value_is_string(next)) {
        return fail(pager, "the page names no page as the next that could be asked for, so what is "
                           "missing is not taken as deleted");
    }
    return !pager->is_last && str_is(pager->next_cursor, pager->cursor)
               ? fail(pager, "the list does not advance: a page names itself as the next")
               : ERR_OK;
}

/* Whether this page is the last. Where pages have a size a full one never is: what was inserted
 * meanwhile may be behind it. */
static enum err_code find_end(struct pager *pager) {
    switch (pager->table->style) {
    case LIST_WHOLE:
        pager->is_last = true;
        return ERR_OK;
    case LIST_CURSOR:
        return find_next_page(pager);
    case LIST_PAGE:
        pager->is_last = pager->count == 0 || (pager->count < pager->size && is_all_told(pager));
        return ERR_OK;
    case LIST_OFFSET:
        pager->is_last = pager->count == 0 || is_all_told(pager);
        return ERR_OK;
    }
    return ERR_INTERNAL;
}

/* Whether a page with nothing new has a reason: the service knows no pages and shows all there is
 * once more, or what was inserted has pushed the end of the list there. */
static bool may_repeat(struct pager *pager) {
    if (pager->has_moved) {
        pager->is_last = true; /* of this walk */
        return true;
    }
    if (pager->table->total != NULL && !pager->table->total_optional) {
        return false;
    }
    pager->is_last =
        pager->table->undocumented && pager->page == 2 && pager->count == pager->first_count;
    return pager->is_last || (pager->count < pager->first_count && !pager->has_stalled);
}

static enum err_code check_advance(struct pager *pager, int64_t advance) {
    bool stalls = pager->count > 0 && advance == 0 && !pager->is_last;
    bool may = !stalls || may_repeat(pager);
    pager->has_stalled = stalls;
    return may ? ERR_OK
               : fail(pager, "the list does not advance: a page shows nothing new, so what is "
                             "missing is not taken as deleted");
}

static enum err_code check_whole(struct pager *pager) {
    bool is_short = !pager->is_resumed && !pager->has_moved && pager->is_last &&
                    (double)pager->seen_count < pager->total;
    return is_short ? fail(pager, "the list is shorter than its own total, so what is missing "
                                  "there is not taken as deleted")
                    : ERR_OK;
}

static enum err_code read_page(struct pager *pager) {
    const struct value *items = NULL;
    TRY(read_total(pager));
    TRY(find_items(pager, &items));
    int64_t advance = 0;
    pager->count = (int64_t)items->list.count;
    pager->first_count = pager->page == 1 ? pager->count : pager->first_count;
    pager->fresh = ARENA_ARRAY(pager->scratch, items->list.count, struct fresh_item);
    for (int64_t i = 0; i < pager->count; i++) {
        TRY(read_item(pager, items->list.items[i], i, &advance));
    }
    pager->seen_before = pager->seen_count;
    pager->seen_count += advance;
    pager->advances += advance > 0 ? 1 : 0;
    TRY(find_end(pager));
    TRY(check_advance(pager, advance));
    return check_whole(pager);
}

static enum err_code fetch(struct pager *pager) {
    bool is_past = false;
    if (pager->fetched == MAX_PAGES) {
        return fail(pager, "the list does not end");
    }
    pager->fetched++;
    pager->page++;
    pager->cursor = pager->next_cursor;
    pager->skipped = pager->skipped > pager->count ? pager->skipped - pager->count : 0;
    pager->count = 0;
    pager->fresh_count = 0;
    pager->given = 0;
    TRY(send(pager, &is_past));
    if (is_past) {
        pager->is_last = true;
        return ERR_OK;
    }
    return read_page(pager);
}

/* Walks */

static void begin_walk(struct pager *pager) {
    pager->walk++;
    pager->fetched = 0;
    pager->page = 0;
    pager->seen_count = 0;
    pager->total = -1;
    pager->has_moved = false;
    pager->has_stalled = false;
    pager->advances = 0;
    pager->has_found = false;
    pager->next_cursor = STR_EMPTY;
    pager->is_last = false;
}

/* Without a total only another walk shows what a deletion between two pages has hidden. */
static bool may_have_missed(const struct pager *pager) {
    bool is_blind = pager->table->style == LIST_PAGE && pager->table->total == NULL;
    return pager->has_moved || (is_blind && pager->advances > 1 && pager->has_found);
}

/* After the last page: whether there is another walk. */
static bool walk_again(struct pager *pager) {
    if (!may_have_missed(pager) || pager->is_resumed) {
        return false;
    }
    if (pager->walk == MAX_WALKS) {
        pager->is_unsettled = true;
        pager->code = fail(pager, "the list changed each time it was read, so nothing is taken as "
                                  "deleted; try again");
        return false;
    }
    begin_walk(pager);
    return true;
}

void pager_begin(struct pager *pager, struct cloud_call *call) {
    *pager = (struct pager){.call = call,
                            .table = &call->cloud->tables->list,
                            .scratch = arena_new(PAGE_CEILING),
                            .kept = arena_new(KEPT_CEILING),
                            .size = call->cloud->tables->list.size};
    begin_walk(pager);
}

/* Where the pages before one need not be read: they are documented, and an end shows by itself. */
static bool is_resumable(const struct list_table *table) {
    return table->style == LIST_CURSOR || (table->style == LIST_PAGE && table->total != NULL);
}

static int64_t position_in(struct str number) {
    double position = number.len == 0 ? 0 : strtod(number.ptr, NULL);
    return position >= 1 && position < MAX_POSITION ? (int64_t)position : 0;
}

/* "<items to skip>:<cursor>", or the place in pages of the size that is asked for; where the
 * service makes them smaller, with the number of items before that page, "<place>:<items>". */
static void go_to(struct pager *pager, struct str token) {
    struct str cursor = STR_EMPTY;
    int64_t position = position_in(str_split(token, ':', &cursor));
    pager->is_resumed = token.len > 0;
    if (pager->table->style == LIST_CURSOR) {
        pager->skipped = position;
        pager->next_cursor = arena_str(pager->kept, cursor);
        return;
    }
    pager->page = position / pager->size;
    pager->skipped = position % pager->size;
    pager->seen_count = cursor.len > 0 ? position_in(cursor) : pager->page * pager->size;
}

void pager_resume(struct pager *pager, struct cloud_call *call, struct str token,
                  int64_t page_size) {
    pager_begin(pager, call);
    if (!is_resumable(pager->table)) {
        return;
    }
    if (pager->table->style == LIST_CURSOR && page_size > 0 && page_size < pager->size) {
        pager->size = page_size;
    }
    go_to(pager, token);
}

bool pager_is_between(const struct pager *pager) {
    return is_resumable(pager->table) && pager->fetched > 0 && pager->given == pager->fresh_count &&
           !is_all_told(pager);
}

struct str pager_token(const struct pager *pager, struct arena *arena) {
    bool is_inside = pager->given < pager->fresh_count;
    if (!is_resumable(pager->table) || (pager->is_last && !is_inside)) {
        return STR_EMPTY;
    }
    long long index = is_inside ? (long long)pager->fresh[pager->given].index : 0;
    if (pager->table->style == LIST_CURSOR) {
        return arena_printf(arena, "%lld:%.*s", index,
                            STR_ARG(is_inside ? pager->cursor : pager->next_cursor));
    }
    long long page = (long long)pager->page - (is_inside ? 1 : 0);
    long long seen = is_inside ? pager->seen_before : pager->seen_count;
    struct str place = arena_printf(arena, "%lld", page * pager->size + index);
    return seen == page * pager->size ? place
                                      : arena_printf(arena, "%.*s:%lld", STR_ARG(place), seen);
}

bool pager_next(struct pager *pager, struct pager_item *item) {
    while (pager->code == ERR_OK) {
        if (pager->given < pager->fresh_count) {
            *item = pager->fresh[pager->given++].item;
            return true;
        }
        if (pager->is_last && !walk_again(pager)) {
            return false;
        }
        pager->code = fetch(pager);
    }
    return false;
}

enum err_code pager_end(struct pager *pager) {
    forget(pager);
    arena_free(pager->scratch);
    arena_free(pager->kept);
    return pager->code;
}

bool pager_can_list(const struct cloud *cloud) {
    return cloud->tables->list.operation != NULL;
}

/* Where a name is the id, and the service knows lower case alone, a state may spell it otherwise.
 */
static bool is_id(const struct cloud_tables *tables, struct str id, struct str wanted) {
    bool any_case = tables->list.id == NULL && tables->name_rule.lower_case;
    return any_case ? str_is_nocase(id, wanted) : str_is(id, wanted);
}

enum err_code pager_find(struct cloud_call *call, struct str id, struct str name,
                         const struct value **wire, struct str *out_id) {
    struct arena *arena = call->ctx->arena;
    struct pager pager;
    struct pager_item item;
    *wire = NULL;
    *out_id = STR_EMPTY;
    pager_begin(&pager, call);
    while (*wire == NULL && pager_next(&pager, &item)) {
        if (id.len > 0 ? is_id(call->cloud->tables, item.id, id) : str_is(item.name, name)) {
            *wire = value_copy(arena, item.wire);
            *out_id = arena_str(arena, item.id);
        }
    }
    return pager_end(&pager);
}
