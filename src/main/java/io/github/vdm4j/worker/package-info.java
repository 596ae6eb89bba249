/** Worker threads and the executor that hands operations over to them. Not exported. */
package io.github.vdm4j.worker;
