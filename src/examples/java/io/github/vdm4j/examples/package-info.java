/**
 * Small programs, one a topic, which the guides quote. Compiled with the tests, so that they cannot
 * rot.
 */
package io.github.vdm4j.examples;
