/** The command {@code vdm}. The library jar does not contain this package. */
package io.github.vdm4j.cli;
