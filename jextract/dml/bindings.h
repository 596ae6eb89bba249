/* What jextract reads: the whole job API, from the headers of an installed Intel DML. */
#include <dml/dml.h>
