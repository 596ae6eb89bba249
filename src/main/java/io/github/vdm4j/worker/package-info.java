/** Threads that work off what others hand over to them, without locks. Not exported. */
package io.github.vdm4j.worker;
