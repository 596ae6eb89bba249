package io.github.vdm4j.dml.internal;

/** A library has been opened, but is not DML, or too old a one. */
public final class MissingSymbolException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingSymbolException(String symbol) {
        super("has no symbol " + symbol + ": not a libdml with the job API");
    }
}
