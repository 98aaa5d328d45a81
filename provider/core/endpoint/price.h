#ifndef CORE_ENDPOINT_PRICE_H
#define CORE_ENDPOINT_PRICE_H

#include "core/endpoint/cloud.h"
#include "core/endpoint/price_list.h"

/* Prices of a cloud, read as its table says (`prices`). Properties are those of an endpoint, as a
 * program sets them or as a look decodes them. Texts live in the arena of the call. */

/* For functions: each reply is asked for once in the life of a book. */
struct price_book {
    struct cloud_call *call;
    struct value *asked; /* keys: what was asked with */
    int64_t began_ms;    /* what was told before does not count */
    bool has_failed;     /* no answer: said once, then no price is known */
};

void price_book_init(struct price_book *book, struct cloud_call *call);
/* Today's price of an endpoint. Prices that cannot be read are a warning, and unknown. Blocking and
 * cancellable. */
struct price price_find(struct price_book *book, const struct value *properties);
/* Replicas that are paid now; 0 while nothing is, negative where it is not told. */
double price_replicas(const struct cloud_tables *tables, const struct observation *seen);
/* Without the digits that sums of binary fractions show and no price has. */
double price_round(double amount);

/* For Create and Update: what the wanted endpoint costs, for price_put, and says it. One try of a
 * few seconds at most, or what this process was told not long ago; without an answer it costs
 * nothing but that time. Never fails. Blocking and cancellable. */
void price_ask(struct cloud_call *call);

/* For the preview of a create: says its price, if it is known without asking, and what all that
 * this run creates comes to so far. */
void price_tell_plan(struct ctx *ctx, const struct cloud_tables *tables, struct price_list *list,
                     const struct value *inputs);

#endif
