package io.github.vdm4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Exports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A check of the order of the packages. */
class ArchitectureTest {
    private static final String ROOT = "io.github.vdm4j";
    private static final String FUTURE = ROOT + ".future";
    private static final String OPERATION = ROOT + ".operation";
    private static final String JVM = ROOT + ".jvm";
    private static final String MOVER = ROOT + ".mover";
    private static final String BUFFER = ROOT + ".buffer";
    private static final String DSA = ROOT + ".dsa";
    private static final String PORTAL = DSA + ".portal";
    private static final String DML = ROOT + ".dml";
    private static final String JOB = DML + ".job";
    private static final String DML_FFI = DML + ".ffi";
    private static final String MACHINE = ROOT + ".machine";
    private static final String MEMORY = ROOT + ".memory";
    private static final String TRACE = ROOT + ".trace";
    private static final String WORKER = ROOT + ".worker";
    private static final String ENGINE = ROOT + ".engine";
    private static final String CHANNEL = ENGINE + ".channel";
    private static final String PMEM_FFI = MEMORY + ".ffi";
    private static final String CLI = ROOT + ".cli";
    private static final String CHECK = CLI + ".check";
    private static final String EXAMPLES = ROOT + ".examples";

    /** A package of the library, whether it is exported, and the packages that it may use. */
    record Layer(String name, boolean exported, List<String> mayUse) {
        static Layer exported(String name, String... mayUse) {
            return new Layer(name, true, List.of(mayUse));
        }

        static Layer hidden(String name, String... mayUse) {
            return new Layer(name, false, List.of(mayUse));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    // From the lowest layer up.
    static final List<Layer> LAYERS = List.of(
            Layer.hidden(MACHINE),
            Layer.exported(FUTURE, MACHINE),
            Layer.hidden(TRACE, MACHINE),
            Layer.exported(OPERATION, MACHINE),
            Layer.exported(ROOT, MACHINE, TRACE, FUTURE, OPERATION),
            Layer.hidden(PMEM_FFI),
            Layer.hidden(MEMORY, PMEM_FFI, OPERATION, MACHINE, TRACE, ROOT, FUTURE),
            Layer.hidden(JVM, OPERATION, MEMORY, MACHINE, ROOT, FUTURE),
            Layer.hidden(WORKER, JVM, MEMORY, MACHINE, ROOT, TRACE, FUTURE),
            Layer.hidden(CHANNEL, JVM, OPERATION, MEMORY, MACHINE, ROOT),
            Layer.hidden(ENGINE, CHANNEL, WORKER, JVM, MEMORY, MACHINE, ROOT, TRACE, FUTURE),
            Layer.exported(MOVER, ENGINE, CHANNEL, WORKER, JVM, MEMORY, MACHINE, ROOT, FUTURE),
            Layer.exported(BUFFER, MEMORY, OPERATION, MACHINE, ROOT, FUTURE),
            Layer.hidden(PORTAL, CHANNEL, MACHINE, ROOT),
            Layer.exported(DSA, PORTAL, MOVER, ENGINE, CHANNEL, MEMORY, MACHINE, ROOT, FUTURE),
            Layer.hidden(DML_FFI),
            Layer.hidden(JOB, CHANNEL, DML_FFI, OPERATION, MACHINE, ROOT),
            Layer.exported(DML, DSA, MOVER, ENGINE, CHANNEL, JOB, DML_FFI, MEMORY, MACHINE, ROOT,
                    FUTURE));

    private static JavaClasses main;

    @BeforeAll
    static void importClasses() {
        // Do not read the JDK's classes. The rules use only the names of classes outside the
        // library.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        main = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
                .importPackages(ROOT);
    }

    @ParameterizedTest
    @FieldSource("LAYERS")
    void usesOnlyTheJdkAndThePackagesBelowIt(Layer layer) {
        var allowed =
                Stream.concat(
                        Stream.of("java..", "jdk.nio.mapmode", "com.sun.management", "jdk.jfr",
                                layer.name()),
                        layer.mayUse().stream());
        classes().that()
                .resideInAPackage(layer.name())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void everyPackageIsALayerOrTheCommandLine() {
        classes().should()
                .resideInAnyPackage(
                        Stream.concat(LAYERS.stream().map(Layer::name), Stream.of(CLI, CHECK))
                                .toArray(String[]::new))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void theModuleExportsWhatUsersSeeAndNothingElse() {
        var present = main.stream().map(JavaClass::getPackageName).collect(toSet());
        var expected =
                LAYERS.stream()
                        .filter(Layer::exported)
                        .map(Layer::name)
                        .filter(present::contains)
                        .collect(toSet());
        var exports = ArchitectureTest.class.getModule().getDescriptor().exports();
        assertEquals(expected,
                exports.stream()
                        .filter(e -> !e.isQualified())
                        .map(Exports::source)
                        .collect(toSet()));
    }

    @Test
    void packagesAndFilesAreSmall() throws IOException {
        Map<Path, Long> files = new TreeMap<>();
        List<String> tooLarge = new ArrayList<>();
        try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
            for (Path file : all.filter(each -> each.toString().endsWith(".java")).toList()) {
                if (file.getParent().endsWith("ffi")) {
                    continue; // jextract generates these packages.
                }
                files.merge(file.getParent(), 1L, Long::sum);
                int lines = Files.readAllLines(file).size();
                if (lines > 400) {
                    tooLarge.add("%s: %d lines".formatted(file, lines));
                }
            }
        }
        files.forEach((folder, count) -> {
            if (count > 30) {
                tooLarge.add("%s: %d files".formatted(folder, count));
            }
        });
        assertTrue(files.size() > 10, files::toString);
        assertEquals(List.of(), tooLarge);
    }

    @Test
    void classesHaveRealNames() {
        noClasses().that()
                .resideOutsideOfPackages(DML_FFI, PMEM_FFI)
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)")
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void examplesUseOnlyWhatTheModuleExports() {
        var hidden = LAYERS.stream().filter(layer -> !layer.exported()).map(Layer::name);
        noClasses().should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        Stream.concat(hidden, Stream.of(CLI, CHECK)).toArray(String[]::new))
                .allowEmptyShould(true)
                .check(new ClassFileImporter().importPackages(EXAMPLES));
    }
}
