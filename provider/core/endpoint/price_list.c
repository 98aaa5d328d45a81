#include "core/endpoint/price_list.h"

#include <pthread.h>
#include <search.h>
#include <string.h>

#include "base/mem.h"
#include "base/platform.h"

/* Far more than any catalogue has. */
#define MAX_ROWS 50000

/* A price, or a sum by its currency. The texts lie behind it. */
struct row {
    struct str key;
    struct price price;
};

struct price_list {
    struct flight_group *asks;
    pthread_mutex_t mutex;
    void *prices; /* of rows, POSIX tsearch */
    void *sums;   /* the same */
    size_t count;
};

static int compare(const void *a, const void *b) {
    const struct row *left = a;
    const struct row *right = b;
    if (left->key.len != right->key.len) {
        return left->key.len < right->key.len ? -1 : 1;
    }
    return memcmp(left->key.ptr, right->key.ptr, left->key.len);
}

struct price_list *price_list_new(const struct clock *clock, const char *what) {
    struct price_list *list = MEM_NEW(struct price_list);
    list->asks = flight_group_new(clock, what);
    (void)pthread_mutex_init(&list->mutex, NULL);
    return list;
}

void price_list_free(struct price_list *list) {
    if (list == NULL) {
        return;
    }
    flight_group_free(list->asks);
    platform_free_tree(&list->prices, compare, mem_free);
    platform_free_tree(&list->sums, compare, mem_free);
    (void)pthread_mutex_destroy(&list->mutex);
    mem_free(list);
}

struct flight_group *price_list_asks(struct price_list *list) {
    return list->asks;
}

static struct str put_text(char *room, struct str text) {
    memcpy(room, text.ptr, text.len);
    return (struct str){room, text.len};
}

static struct row *find(void *const *tree, struct str key) {
    const struct row wanted = {.key = key};
    struct row **found = tfind(&wanted, tree, compare);
    return found == NULL ? NULL : *found;
}

/* With the lock held. NULL: there are too many. */
static struct row *add(struct price_list *list, void **tree, struct str key, struct str currency) {
    if (list->count >= MAX_ROWS) {
        return NULL;
    }
    struct row *row = mem_alloc(sizeof(*row) + key.len + currency.len);
    char *texts = (char *)(row + 1);
    row->key = put_text(texts, key);
    row->price.currency = put_text(texts + key.len, currency);
    if (tsearch(row, tree, compare) == NULL) {
        mem_die("out of memory");
    }
    list->count++;
    return row;
}

static void drop(struct price_list *list, struct row *row) {
    (void)tdelete(row, &list->prices, compare);
    mem_free(row);
    list->count--;
}

void price_list_note(struct price_list *list, struct str key, const struct price *price) {
    (void)pthread_mutex_lock(&list->mutex);
    struct row *row = find(&list->prices, key);
    bool is_newer = row == NULL || row->price.told_at <= price->told_at;
    if (row != NULL && is_newer) {
        drop(list, row);
    }
    row = is_newer ? add(list, &list->prices, key, price->currency) : NULL;
    if (row != NULL) {
        row->price.is_known = true;
        row->price.amount = price->amount;
        row->price.told_at = price->told_at;
        row->price.told_ms = price->told_ms;
    }
    (void)pthread_mutex_unlock(&list->mutex);
}

struct price price_list_find(struct price_list *list, struct arena *arena, struct str key) {
    struct price price = {0};
    (void)pthread_mutex_lock(&list->mutex);
    const struct row *row = find(&list->prices, key);
    if (row != NULL) {
        price = row->price;
        price.currency = arena_str(arena, row->price.currency);
    }
    (void)pthread_mutex_unlock(&list->mutex);
    return price;
}

double price_list_add(struct price_list *list, struct str currency, double amount) {
    (void)pthread_mutex_lock(&list->mutex);
    struct row *row = find(&list->sums, currency);
    row = row != NULL ? row : add(list, &list->sums, currency, currency);
    double sum = amount;
    if (row != NULL) {
        row->price.amount += amount;
        sum = row->price.amount;
    }
    (void)pthread_mutex_unlock(&list->mutex);
    return sum;
}
