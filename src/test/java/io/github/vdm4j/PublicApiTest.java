package io.github.vdm4j;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares the public API with config/api.txt. A change of the API therefore changes this file, and
 * a reviewer sees it.
 */
class PublicApiTest {
    private static final Path FILE = Path.of("config/api.txt");

    /** The property that makes the test write the file instead of comparing it. */
    private static final String WRITE = "vdm4j.api.write";

    @Test
    void publicApiMatchesTheFile() throws IOException {
        String api = api();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(FILE, api);
        }
        assertEquals(Files.readString(FILE), api,
                "the public API differs from " + FILE + ". If this is intended, run "
                        + "mvn test -Dtest=PublicApiTest -D" + WRITE
                        + "=true and commit the file with the change.");
    }

    @Test
    void japicmpComparesEveryExportedPackage() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String japicmp = pom.substring(pom.indexOf("<artifactId>japicmp-maven-plugin"),
                pom.indexOf("<includeExclusively>"));
        assertEquals(new TreeSet<>(exported()), Pattern.compile("<include>([^<]+)</include>")
                .matcher(japicmp)
                .results()
                .map(include -> include.group(1))
                .collect(toCollection(TreeSet::new)));
    }

    private static List<String> exported() {
        return Vdm.class.getModule()
                .getDescriptor()
                .exports()
                .stream()
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .toList();
    }

    private static String api() {
        List<String> exported = exported();
        var types = new TreeSet<String>();
        for (JavaClass type : new ClassFileImporter().withImportOption(new DoNotIncludeTests())
                .importPackages(exported)) {
            if (exported.contains(type.getPackageName()) && isVisible(type.reflect())) {
                types.add(describe(type.reflect()));
            }
        }
        return String.join("\n", types);
    }

    private static boolean isVisible(Class<?> type) {
        return isVisible(type.getModifiers())
                && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String describe(Class<?> type) {
        var members = new TreeSet<String>();
        Stream.of(type.getDeclaredFields())
                .filter(PublicApiTest::isListed)
                .map(field -> shorten(field, field.toGenericString()))
                .forEach(members::add);
        Stream.of(type.getDeclaredConstructors())
                .filter(PublicApiTest::isListed)
                .map(constructor -> "new " + constructor.toGenericString())
                .forEach(members::add);
        methodsOf(type)
                .filter(PublicApiTest::isListed)
                .map(method -> shorten(method, method.toGenericString()))
                .forEach(members::add);
        String parents = Stream
                .concat(Stream.ofNullable(type.getGenericSuperclass()),
                        Stream.of(type.getGenericInterfaces()))
                .filter(parent -> parent != Object.class)
                .map(Type::getTypeName)
                .collect(joining(", "));
        String permitted = Stream.ofNullable(type.getPermittedSubclasses())
                .flatMap(Arrays::stream)
                .map(Class::getName)
                .sorted()
                .collect(joining(", "));
        return type.toGenericString()
                + (parents.isEmpty() ? "" : " : " + parents)
                + (permitted.isEmpty() ? "" : " permits " + permitted) + "\n"
                + members.stream().map(member -> "    " + member + "\n").collect(joining());
    }

    /** Returns the methods of a type, with those of its superclasses that are not public. */
    static Stream<Method> methodsOf(Class<?> type) {
        return Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
                .takeWhile(each -> each == type || !isVisible(each))
                .flatMap(each -> Stream.of(each.getDeclaredMethods()));
    }

    /** Removes the name of the class, because it stands above its members. */
    private static String shorten(Member member, String text) {
        return text.replace(member.getDeclaringClass().getTypeName() + "." + member.getName(),
                member.getName());
    }

    /** Returns true for members of the source. Bridges, for example, are synthetic. */
    private static boolean isListed(Member member) {
        return isVisible(member.getModifiers()) && !member.isSynthetic();
    }
}
