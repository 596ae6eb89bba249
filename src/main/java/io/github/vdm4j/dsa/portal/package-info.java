/** DSA's work queues: descriptors, completion records and the ways to submit to a queue. */
package io.github.vdm4j.dsa.portal;
