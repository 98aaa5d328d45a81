#ifndef CORE_METHODS_CATALOGUE_H
#define CORE_METHODS_CATALOGUE_H

#include "core/endpoint/cloud.h"

/* Asks the cloud's catalogues (the section `catalogue` of its table) for what the inputs name,
 * where `checkCatalogue` of the inputs, or else of the configuration, says so. What is proven not
 * to be there is a warning; it is a failure where the old endpoint would be deleted first. What is
 * there and has something to tell (`notices`) is a warning in any case. Each
 * catalogue is asked once for all calls of one configuration; a service that does not answer in
 * seconds is told once and not asked again. Nothing is asked while another rule has failed.
 * Blocking and cancellable, any thread. */
void catalogue_check(struct provider *provider, const struct cloud_check *check);

#endif
