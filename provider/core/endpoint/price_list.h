#ifndef CORE_ENDPOINT_PRICE_LIST_H
#define CORE_ENDPOINT_PRICE_LIST_H

#include "base/flight.h"

/* The prices that one account was told in the life of a process, by what makes two of them
 * different, and the sum of what a preview would create. All functions: any thread, no blocking. */
struct price_list;

struct price {
    bool is_known;
    double amount; /* of one replica for an hour */
    struct str currency;
    int64_t told_at; /* seconds since 1970; when the service told it */
    int64_t told_ms; /* the same in the clock's now_ms; 0: not to this process */
};

/* `what` is the account in messages, a literal. The caller owns the result. NULL is harmless. */
struct price_list *price_list_new(const struct clock *clock, const char *what);
void price_list_free(struct price_list *list);

/* For those who ask at the same time. */
struct flight_group *price_list_asks(struct price_list *list);

/* Notes a known price; one that was told later stays. Past a bound nothing new is noted. */
void price_list_note(struct price_list *list, struct str key, const struct price *price);
/* Not known: nobody told. The text lives in the arena. */
struct price price_list_find(struct price_list *list, struct arena *arena, struct str key);
/* Adds to the sum in that currency; returns it. */
double price_list_add(struct price_list *list, struct str currency, double amount);

#endif
