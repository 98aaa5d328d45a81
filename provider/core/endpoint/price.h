#ifndef CORE_ENDPOINT_PRICE_H
#define CORE_ENDPOINT_PRICE_H

#include "core/endpoint/cloud.h"

/* Today's prices of a cloud, read as its table says (`prices`), each reply once in the life of a
 * book. */
struct price_book {
    struct cloud_call *call;
    struct value *replies; /* lists of rows, by the parameters that they were asked with */
    bool has_failed;       /* no answer: said once, then no price is known */
};

struct price {
    bool is_known;
    double per_hour; /* of one replica */
    struct str currency;
    double replicas; /* that are paid now; 0 while nothing is, negative where it is not told */
};

void price_book_init(struct price_book *book, struct cloud_call *call);
/* What an endpoint costs that was seen so. Prices that cannot be read are a warning, and unknown.
 * Blocking and cancellable; texts live in the call's arena. */
struct price price_find(struct price_book *book, const struct observation *seen);

#endif
