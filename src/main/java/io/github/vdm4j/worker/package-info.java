/** Worker threads and the executor that passes operations to them. */
package io.github.vdm4j.worker;
