#ifndef CORE_ENDPOINT_PAGER_H
#define CORE_ENDPOINT_PAGER_H

#include "core/endpoint/cloud.h"

/* Reads the list of a cloud's endpoints as its table says (`list`), page by page.
 *
 * What is read from the first page to an end without an error has given every endpoint that was
 * there all the while, each once, whatever was made or deleted between two pages. Pages overlap
 * after an insertion, so what was given is known by its id. After a deletion what moved up is
 * missing: a list whose total changed meanwhile is walked again, one without a total that has
 * several pages until a walk shows nothing that is new. A list that stays shorter than its total,
 * or never holds still, is an error. No list can show that between two pages one was deleted and
 * another one put behind; and of cursors is believed that they are not moved.
 *
 * Pages are read into memory of the pager's own, which the next page reuses. */

/* One endpoint of the list; valid until the next call of the pager. */
struct pager_item {
    const struct value *wire; /* a map */
    struct str id;            /* the part of its id that differs within the list; never empty */
    struct str name;          /* may be empty */
};

/* Private but for the comments. */
struct pager {
    struct cloud_call *call;
    const struct list_table *table;
    struct arena *scratch; /* of the present page */
    struct arena *kept;    /* of the whole walk */
    enum err_code code;
    int walk;
    bool is_resumed; /* not from the first page: nothing is proven */
    int64_t size;    /* of a page */
    /* What was seen, by id, so that nothing is given twice. */
    void *seen;
    int64_t seen_count;  /* in this walk */
    int64_t seen_before; /* of them, before the present page */
    double total;
    bool has_moved;    /* the total changed during this walk */
    bool is_unsettled; /* so it was in every walk: what was given is there, the rest is not known */
    int advances;      /* pages of this walk that had something new to it */
    bool has_found;    /* this walk saw what none before saw */
    bool has_stalled;  /* the page before had nothing new */
    int64_t fetched;   /* pages of this walk */
    /* The present page: its number, its items, and how many of those are passed over. */
    int64_t page;
    int64_t count;
    int64_t skipped;
    struct str cursor;
    struct str next_cursor;
    const struct value *reply; /* its result, or NULL before the first; for those who read on */
    int status;                /* of the latest reply */
    struct fresh_item *fresh;
    size_t fresh_count;
    size_t given;
    int64_t first_count; /* items of the first page */
    bool is_last;
};

/* A walk over the whole list. The call stays the caller's and is not changed. Blocking and
 * cancellable in pager_next, any thread. */
void pager_begin(struct pager *pager, struct cloud_call *call);
/* The same from where a token of pager_token points to ("" for the beginning), with at most
 * `page_size` items a page where the service may be asked for fewer (0: no wish). */
void pager_resume(struct pager *pager, struct cloud_call *call, struct str token,
                  int64_t page_size);
/* The next endpoint; false at the end, and when the list cannot be read (see pager_end). */
bool pager_next(struct pager *pager, struct pager_item *item);
/* Whether the present page is given away and the next one may be left to a later pager_resume. */
bool pager_is_between(const struct pager *pager);
/* Where to go on; empty at the end, and where a list is only good as a whole. In the arena. */
struct str pager_token(const struct pager *pager, struct arena *arena);
/* Frees what the pager holds, at any time; returns how the walk went, with details in ctx->error:
 * ERR_UNAVAILABLE for a reply that is no page, or none that leads on. */
enum err_code pager_end(struct pager *pager) MUST_USE;

/* What a list that was read before (a sweep) shows as one endpoint; in the call's arena, and of
 * `wire`, which stays the caller's. */
struct pager_item pager_item_of(struct cloud_call *call, const struct value *wire);

/* Whether the cloud's endpoints can be listed at all. */
bool pager_can_list(const struct cloud *cloud);

/* Looks for an endpoint in the whole list: by what its id has of its own, or, where `id` is empty,
 * by its name. *wire is a copy in the call's arena, or NULL when the list proves that there is
 * none; then *id is empty. */
enum err_code pager_find(struct cloud_call *call, struct str id, struct str name,
                         const struct value **wire, struct str *out_id) MUST_USE;

#endif
