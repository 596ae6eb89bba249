package io.github.vdm4j;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.vdm4j.operation.DataOperationsContract;
import io.github.vdm4j.operation.DataOracleProperties;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar of the contract tests. Tests of users' own movers extend its classes. */
class ContractTestsJarIT {
    private static final Set<String> CONTRACTS = Stream.of(VdmContract.class,
            VdmOracleProperties.class, DataOperationsContract.class, DataOracleProperties.class)
            .map(Class::getName)
            .collect(toSet());

    private static JavaClasses packed;

    @BeforeAll
    static void readJar() throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(Path.of("target"), "vdm4j-*-contract-tests.jar")) {
            try (JarFile jar = new JarFile(jars.iterator().next().toFile())) {
                packed = new ClassFileImporter().importJar(jar);
            }
        }
    }

    @Test
    void containsTheContractsAndNoTestOfThisProject() {
        Set<String> outermost = packed.stream()
                .map(JavaClass::getName)
                .filter(name -> !name.contains("$"))
                .collect(toSet());
        assertTrue(outermost.containsAll(CONTRACTS), outermost::toString);
        assertEquals(Set.of(),
                outermost.stream().filter(name -> name.endsWith("Test")).collect(toSet()));
    }

    @Test
    void usesOnlyExportedPackagesAndTestFrameworks() {
        Set<String> here = packed.stream().map(JavaClass::getName).collect(toSet());
        Set<String> exported = Vdm.class.getModule()
                .getDescriptor()
                .exports()
                .stream()
                .map(export -> export.source())
                .collect(toSet());
        Set<String> missing = packed.stream()
                .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(target -> target.getPackageName().startsWith("io.github.vdm4j"))
                .filter(target -> !here.contains(target.getName()))
                .filter(target -> !exported.contains(target.getPackageName())
                        || isTestClass(target))
                .map(JavaClass::getName)
                .collect(toSet());
        assertEquals(Set.of(), missing);
    }

    private static boolean isTestClass(JavaClass target) {
        return Files.exists(Path.of("target/test-classes",
                target.getName().replace('.', '/') + ".class"));
    }
}
