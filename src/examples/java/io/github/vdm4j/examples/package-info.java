/**
 * Small programs, one a topic, which the guides quote. The build compiles them, and tests run them.
 */
package io.github.vdm4j.examples;
