/** The work queues of DSA: descriptors, completion records and the portals for submissions. */
package io.github.vdm4j.dsa.portal;
