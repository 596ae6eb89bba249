package io.github.vdm4j.dml;

import io.github.vdm4j.dml.DmlUnavailableException.Attempt;
import io.github.vdm4j.dml.job.DmlFunctions;
import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.machine.Processor;
import java.lang.foreign.SymbolLookup;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An opened Intel DML library. It stays open for the life of the JVM. A second opening is cheap.
 *
 * <p>{@link #open()} tries the file of the system property {@value #PROPERTY} first, then the file
 * of the environment variable {@value #ENVIRONMENT}. If neither is set, it tries
 * {@code libdml.so.1} and {@code libdml.so} of the dynamic loader. If a named file cannot be used,
 * the opening fails without further attempts.
 *
 * <p>Opening a library needs native access. Start Java with {@code
 * --enable-native-access=io.github.vdm4j}, or with {@code ALL-UNNAMED} if vdm4j is on the class
 * path.
 *
 * <p>vdm4j does not open DML if {@code /proc/cpuinfo} lacks a feature that DML's code uses. DML
 * uses AVX2. On a processor with AVX-512, it also uses BMI1, BMI2 and PCLMULQDQ.
 */
public final class DmlLibrary {
    /** The system property that names the library's file. */
    public static final String PROPERTY = "vdm4j.dml.library";

    /** The environment variable that names the library's file. */
    public static final String ENVIRONMENT = "VDM4J_DML_LIBRARY";

    private static final List<String> SONAMES = List.of("libdml.so.1", "libdml.so");

    /** The features that all code of DML's software path uses. */
    private static final List<String> NEEDED = List.of("avx2");

    /** The features that enable DML's AVX-512 code. */
    private static final List<String> WIDE =
            List.of("avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");

    /** The further features that DML's AVX-512 code uses. */
    private static final List<String> NEEDED_BY_WIDE = List.of("bmi1", "bmi2", "pclmulqdq");

    /** The opened libraries by name. Binding the functions again would take two milliseconds. */
    private static final Map<String, DmlLibrary> OPENED = new ConcurrentHashMap<>();

    private final String location;
    private final DmlFunctions functions;
    private final boolean simulated;

    /** The version, read at its first use, because linking the call takes milliseconds. */
    private volatile DmlVersion version;

    private DmlLibrary(String location, SymbolLookup symbols, boolean simulated) {
        this.location = location;
        this.simulated = simulated;
        functions = new DmlFunctions(symbols, simulated);
    }

    /**
     * Opens the first DML library found.
     *
     * @return the library
     * @throws DmlUnavailableException if no library can be opened. The exception lists every
     *     attempt
     */
    public static DmlLibrary open() {
        return search(System.getProperty(PROPERTY), System.getenv(ENVIRONMENT), SONAMES,
                Processor.flags());
    }

    /**
     * Opens the DML library in a file.
     *
     * @param file the shared object
     * @return the library
     * @throws DmlUnavailableException if the file does not exist or is not a DML library
     */
    public static DmlLibrary open(Path file) {
        Objects.requireNonNull(file, "file");
        var attempts = new ArrayList<Attempt>();
        DmlLibrary found = processorFits(Processor.flags(), attempts)
                ? attempt(file.toString(), file.toAbsolutePath().toString(), attempts)
                : null;
        return require(found, attempts);
    }

    private static DmlLibrary require(DmlLibrary found, List<Attempt> attempts) {
        if (found == null) {
            throw new DmlUnavailableException(attempts);
        }
        return found;
    }

    /** Returns whether the user names the library. An empty value disables the library. */
    static boolean isSetByUser() {
        String property = System.getProperty(PROPERTY);
        String named = property != null ? property : System.getenv(ENVIRONMENT);
        return named != null && !named.isEmpty();
    }

    /** {@return the exception that {@link #open()} would throw, or empty if DML is available} */
    public static Optional<DmlUnavailableException> whyUnavailable() {
        try {
            open();
            return Optional.empty();
        } catch (DmlUnavailableException e) {
            return Optional.of(e);
        }
    }

    static DmlLibrary search(String property, String environment, List<String> names,
            Set<String> processorFlags) {
        var attempts = new ArrayList<Attempt>();
        if (!processorFits(processorFlags, attempts)) {
            throw new DmlUnavailableException(attempts);
        }
        String decided =
                property != null ? PROPERTY : environment != null ? ENVIRONMENT : null;
        DmlLibrary found = openSetting("property " + PROPERTY, property, attempts);
        if (property != null) {
            attempts.add(new Attempt("environment " + ENVIRONMENT, notTried(decided)));
        } else {
            found = openSetting("environment " + ENVIRONMENT, environment, attempts);
        }
        for (String name : names) {
            if (decided != null) {
                attempts.add(new Attempt(name, notTried(decided)));
            } else if (found == null) {
                found = attempt(name, name, attempts);
            }
        }
        return require(found, attempts);
    }

    private static String notTried(String decided) {
        return "not tried, " + decided + " decides";
    }

    /**
     * Returns {@code false} if DML would execute instructions that the processor lacks. Such an
     * instruction would crash the process, even during the opening of the library.
     */
    private static boolean processorFits(Set<String> flags, List<Attempt> attempts) {
        if (!PlatformName.isLinuxX64()) {
            return true; // On this platform, the opening fails later.
        }
        if (flags.isEmpty()) {
            attempts.add(new Attempt("the processor",
                    "/proc/cpuinfo lists no flags: whether it has "
                            + String.join(", ", NEEDED)
                            + ", which the code of DML uses, is unknown"));
            return false;
        }
        List<String> missing = new ArrayList<>(NEEDED);
        if (usesAvx512(flags)) {
            missing.addAll(NEEDED_BY_WIDE);
        }
        missing.removeAll(flags);
        if (!missing.isEmpty()) {
            attempts.add(new Attempt("the processor", "/proc/cpuinfo does not list "
                    + String.join(", ", missing) + ", which the code of DML uses"));
        }
        return missing.isEmpty();
    }

    /** Opens the file of a setting. Returns null if this fails or there is no setting. */
    private static DmlLibrary openSetting(String place, String file, List<Attempt> attempts) {
        if (file == null) {
            attempts.add(new Attempt(place, "not set"));
            return null;
        }
        if (file.isEmpty()) {
            attempts.add(new Attempt(place + "=", "empty, so vdm4j opens no library"));
            return null;
        }
        // A setting names a file, but the loader would search for a name without a slash.
        try {
            return attempt(place + "=" + file, Path.of(file).toAbsolutePath().toString(), attempts);
        } catch (InvalidPathException e) {
            attempts.add(new Attempt(place + "=" + file, "no path: " + e.getMessage()));
            return null;
        }
    }

    private static DmlLibrary attempt(String place, String file, List<Attempt> attempts) {
        DmlLibrary opened = OPENED.get(file);
        if (opened != null) {
            return opened;
        }
        try {
            DmlLibrary fresh = new DmlLibrary(file, load(file), false);
            opened = OPENED.putIfAbsent(file, fresh);
            return opened == null ? fresh : opened;
        } catch (IllegalCallerException e) {
            attempts.add(new Attempt(place, e.getMessage()
                    + ". Start Java with --enable-native-access=io.github.vdm4j, or with"
                    + " ALL-UNNAMED if vdm4j is on the class path"));
        } catch (DynamicLoader.LoadException | UnsatisfiedLinkError e) {
            attempts.add(new Attempt(place, e.getMessage()));
        }
        return null;
    }

    private static SymbolLookup load(String file) throws DynamicLoader.LoadException {
        if (!PlatformName.isLinuxX64()) {
            throw new UnsatisfiedLinkError(
                    "Intel DML exists for Linux on x86-64 only, but this is "
                            + PlatformName.current());
        }
        var loader = new DynamicLoader();
        requireEnabled(Processor.flags(), Processor.cpuidShowsAvx512());
        return loader.open(file);
    }

    /** Returns whether DML uses its AVX-512 code on a processor with these features. */
    static boolean usesAvx512(Set<String> flags) {
        return flags.containsAll(WIDE);
    }

    /** Requires that the system has enabled the AVX-512 features of CPUID. DML reads only CPUID. */
    static void requireEnabled(Set<String> flags, boolean cpuidShowsAvx512) {
        if (cpuidShowsAvx512 && !usesAvx512(flags)) {
            throw new UnsatisfiedLinkError("the processor has AVX-512, which DML would use, but"
                    + " the system has not enabled all of it: /proc/cpuinfo does not list all of "
                    + String.join(", ", WIDE));
        }
    }

    /** Returns a library of upcalls into Java for tests. */
    static DmlLibrary of(String location, SymbolLookup symbols) {
        return new DmlLibrary(location, symbols, true);
    }

    /** Returns whether the library consists of upcalls. Its devices differ from this machine's. */
    boolean isSimulated() {
        return simulated;
    }

    DmlFunctions functions() {
        return functions;
    }

    /**
     * {@return the version that the library reports}
     *
     * <p>C counterpart: {@code dml_get_library_version}.
     */
    public DmlVersion version() {
        DmlVersion known = version;
        if (known == null) {
            known = DmlVersion.read(functions.version());
            version = known;
        }
        return known;
    }

    /** {@return the path or the file name with which the dynamic loader found the library} */
    public String location() {
        return location;
    }

    @Override
    public String toString() {
        return "Intel DML " + version().version() + " (" + location + ")";
    }
}
