/* What jextract reads: of libpmem only what writes back. */
#include <libpmem.h>
