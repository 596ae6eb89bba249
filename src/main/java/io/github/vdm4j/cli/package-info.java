/** The command {@code vdm}. Not part of the library: its jar leaves this package out. */
package io.github.vdm4j.cli;
