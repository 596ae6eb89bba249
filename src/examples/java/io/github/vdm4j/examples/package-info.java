/**
 * Small programs, each about a topic. The guides quote them, the build compiles them, and tests run
 * them.
 */
package io.github.vdm4j.examples;
