/** DSA devices and their work queues, and a mover that drives them from pure Java. */
package io.github.vdm4j.dsa;
