package io.github.vdm4j.operation;

/** What every {@link DataOperations} does, whatever executes it. */
@SuppressWarnings({"exports", "missing-explicit-ctor"}) // to javac this is API of an exported package
public abstract class DataOperationsContract extends RulesContract {}
