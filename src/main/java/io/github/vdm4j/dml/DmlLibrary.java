package io.github.vdm4j.dml;

import io.github.vdm4j.dml.job.DmlFunctions;
import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.machine.Processor;
import java.lang.foreign.SymbolLookup;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An opened Intel DML. It stays open for the life of the JVM, and opening it again is cheap.
 *
 * <p>{@link #open()} looks in this order: the file in the system property {@value #PROPERTY}, the
 * file in the environment variable {@value #ENVIRONMENT}, then the dynamic loader's {@code
 * libdml.so.1} and {@code libdml.so}. A property or variable that is set decides: if its file
 * cannot be used, nothing else is tried.
 *
 * <p>Opening a library needs native access: {@code --enable-native-access=io.github.vdm4j}, or
 * {@code ALL-UNNAMED} if vdm4j is on the class path.
 *
 * <p>vdm4j does not open DML if {@code /proc/cpuinfo} lacks a feature that DML's code uses: AVX2,
 * and on a processor with AVX-512 also BMI1, BMI2 and PCLMULQDQ.
 */
public final class DmlLibrary {
    /** The system property that names the library's file. */
    public static final String PROPERTY = "vdm4j.dml.library";

    /** The environment variable that names the library's file. */
    public static final String ENVIRONMENT = "VDM4J_DML_LIBRARY";

    private static final List<String> SONAMES = List.of("libdml.so.1", "libdml.so");

    /** The features for which all of DML's software path is compiled. */
    private static final List<String> NEEDED = List.of("avx2");

    /** The features with which DML uses its AVX-512 code. */
    private static final List<String> WIDE =
            List.of("avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");

    /** The further features for which that code is compiled. */
    private static final List<String> NEEDED_BY_WIDE = List.of("bmi1", "bmi2", "pclmulqdq");

    /**
     * The opened libraries by name, because binding the functions again would take two
     * milliseconds.
     */
    private static final Map<String, DmlLibrary> OPENED = new ConcurrentHashMap<>();

    private final String location;
    private final DmlFunctions functions;
    private final boolean simulated;

    /**
     * Read at its first use, because linking the call takes milliseconds. Any thread reads the same
     * value.
     */
    private volatile DmlVersion version;

    private DmlLibrary(String location, SymbolLookup symbols, boolean simulated) {
        this.location = location;
        this.simulated = simulated;
        functions = new DmlFunctions(symbols, simulated);
    }

    /**
     * Opens the first DML that is found.
     *
     * @return the library
     * @throws DmlUnavailableException if there is none; it lists every attempt
     */
    public static DmlLibrary open() {
        return search(System.getProperty(PROPERTY), System.getenv(ENVIRONMENT), SONAMES,
                Processor.flags());
    }

    /**
     * Opens the DML in a file.
     *
     * @param file the shared object
     * @return the library
     * @throws DmlUnavailableException if the file does not exist or is no DML
     */
    public static DmlLibrary open(Path file) {
        Objects.requireNonNull(file, "file");
        var attempts = new LinkedHashMap<String, String>();
        Optional<DmlLibrary> found = processorFits(Processor.flags(), attempts)
                ? attempt(file.toString(), file.toAbsolutePath().toString(), attempts)
                : Optional.empty();
        return found.orElseThrow(() -> new DmlUnavailableException(attempts));
    }

    /**
     * Returns whether the user names the library's file. An empty value switches the library off.
     */
    static boolean isSetByUser() {
        String property = System.getProperty(PROPERTY);
        String named = property != null ? property : System.getenv(ENVIRONMENT);
        return named != null && !named.isEmpty();
    }

    /**
     * Returns why {@link #open()} would fail, without throwing.
     *
     * @return empty if DML is available, else the exception that {@link #open()} would throw
     */
    public static Optional<DmlUnavailableException> whyUnavailable() {
        var attempts = new LinkedHashMap<String, String>();
        Optional<DmlLibrary> found =
                search(System.getProperty(PROPERTY), System.getenv(ENVIRONMENT), SONAMES,
                        Processor.flags(), attempts);
        return found.isPresent() ? Optional.empty()
                : Optional.of(new DmlUnavailableException(attempts));
    }

    static DmlLibrary search(String property, String environment, List<String> names,
            Set<String> processorFlags) {
        var attempts = new LinkedHashMap<String, String>();
        Optional<DmlLibrary> found =
                search(property, environment, names, processorFlags, attempts);
        if (found.isEmpty()) {
            throw new DmlUnavailableException(attempts);
        }
        return found.get();
    }

    private static Optional<DmlLibrary> search(
            String property, String environment, List<String> names, Set<String> processorFlags,
            Map<String, String> attempts) {
        if (!processorFits(processorFlags, attempts)) {
            return Optional.empty();
        }
        Optional<DmlLibrary> found = explicit("property " + PROPERTY, property, attempts);
        if (found.isEmpty()) {
            found =
                    property != null
                            ? notTried("environment " + ENVIRONMENT, PROPERTY, attempts)
                            : explicit("environment " + ENVIRONMENT, environment, attempts);
        }
        String decided = property != null ? PROPERTY : environment != null ? ENVIRONMENT : null;
        for (String name : names) {
            if (found.isEmpty()) {
                found =
                        decided != null ? notTried(name, decided, attempts)
                                : attempt(name, name, attempts);
            }
        }
        return found;
    }

    /**
     * Returns false if DML would execute instructions that the processor does not have. That would
     * end the process, and the dynamic loader already executes code of the library.
     */
    private static boolean processorFits(Set<String> flags, Map<String, String> attempts) {
        if (!PlatformName.isLinuxX64()) {
            return true; // and no DML, for that reason
        }
        if (flags.isEmpty()) {
            attempts.put("the processor", "/proc/cpuinfo lists no flags: whether it has "
                    + String.join(", ", NEEDED) + ", which the code of DML uses, is unknown");
            return false;
        }
        List<String> missing = new ArrayList<>(NEEDED);
        if (flags.containsAll(WIDE)) {
            missing.addAll(NEEDED_BY_WIDE);
        }
        missing.removeAll(flags);
        if (!missing.isEmpty()) {
            attempts.put("the processor", "/proc/cpuinfo does not list "
                    + String.join(", ", missing) + ", which the code of DML uses");
        }
        return missing.isEmpty();
    }

    private static Optional<DmlLibrary> explicit(String place, String file,
            Map<String, String> attempts) {
        if (file == null) {
            attempts.put(place, "not set");
            return Optional.empty();
        }
        // A name without a slash would be searched for; a setting names a file.
        try {
            return attempt(place + "=" + file, Path.of(file).toAbsolutePath().toString(), attempts);
        } catch (InvalidPathException e) {
            attempts.put(place + "=" + file, "no path: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<DmlLibrary> notTried(String place, String decided,
            Map<String, String> attempts) {
        attempts.put(place, "not tried, " + decided + " decides");
        return Optional.empty();
    }

    private static Optional<DmlLibrary> attempt(String place, String file,
            Map<String, String> attempts) {
        DmlLibrary opened = OPENED.get(file);
        if (opened != null) {
            return Optional.of(opened);
        }
        try {
            DmlLibrary fresh = new DmlLibrary(file, load(file), false);
            opened = OPENED.putIfAbsent(file, fresh);
            return Optional.of(opened == null ? fresh : opened);
        } catch (IllegalCallerException e) {
            attempts.put(
                    place,
                    e.getMessage()
                            + "; start Java with --enable-native-access=io.github.vdm4j, or ALL-UNNAMED if vdm4j is on the class path");
            return Optional.empty();
        } catch (DynamicLoader.LoadException | UnsatisfiedLinkError e) {
            attempts.put(place, e.getMessage());
            return Optional.empty();
        }
    }

    private static SymbolLookup load(String file) throws DynamicLoader.LoadException {
        if (!PlatformName.isLinuxX64()) {
            throw new UnsatisfiedLinkError(
                    "Intel DML exists for Linux on x86-64 only, this is " + PlatformName.current());
        }
        var loader = new DynamicLoader();
        requireEnabled(Processor.flags(), Processor.cpuidShowsAvx512());
        return loader.open(file);
    }

    /**
     * Requires that the system has enabled the AVX-512 that CPUID shows. DML asks CPUID, and never
     * the system.
     */
    static void requireEnabled(Set<String> flags, boolean cpuidShowsAvx512) {
        if (cpuidShowsAvx512 && !flags.containsAll(WIDE)) {
            throw new UnsatisfiedLinkError("the processor has AVX-512, which DML would use, but"
                    + " the system has not enabled all of it: /proc/cpuinfo does not list all of "
                    + String.join(", ", WIDE));
        }
    }

    /** Returns a library made of upcalls into Java, which tests simulate. */
    static DmlLibrary of(String location, SymbolLookup symbols) {
        return new DmlLibrary(location, symbols, true);
    }

    /**
     * Returns whether the library is made of upcalls. Its devices are not those of this machine
     * then.
     */
    boolean isSimulated() {
        return simulated;
    }

    DmlFunctions functions() {
        return functions;
    }

    /**
     * Returns the version that the library reports.
     *
     * <p>C counterpart: {@code dml_get_library_version}.
     *
     * @return the version
     */
    public DmlVersion version() {
        DmlVersion known = version;
        if (known == null) {
            known = DmlVersion.read(functions.version());
            version = known;
        }
        return known;
    }

    /**
     * Returns the name under which the dynamic loader found the library: a path or a file name.
     *
     * @return the name
     */
    public String location() {
        return location;
    }

    @Override
    public String toString() {
        return "Intel DML " + version().version() + " (" + location + ")";
    }
}
