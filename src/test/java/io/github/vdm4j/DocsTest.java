package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.machine.FailureName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("The documentation agrees with the code")
class DocsTest {
    /** Maven runs tests in the project's folder. */
    private static final Path ROOT = Path.of("").toAbsolutePath();

    /** Code blocks and code spans. Brackets in them are not links. */
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$|`[^`\n]*`");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern JAVA_BLOCK = Pattern.compile("(?ms)^```java\n(.*?)^```$");

    private static final Pattern JAVADOC_SNIPPET =
            Pattern.compile("(?ms)\\{@snippet lang=java[^:]*:\n(.*?)^ *\\* ?\\}$");

    /**
     * References to pages in messages and comments. A reference to an ADR may contain only its
     * number.
     */
    private static final Pattern MENTION = Pattern.compile("\\b(docs/[\\w/-]+(?:\\.md)?)");

    /** The name of a class of the project, in code or in camel case, with or without a member. */
    private static final Pattern CLASS =
            Pattern.compile("\\b((?<=`)[A-Z]+[a-z]\\w*|[A-Z][a-z]+[A-Z]\\w*)(?:\\.([a-z]\\w*))?");

    private static final int COLUMNS = 100;

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(ROOT)) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        for (String folder : List.of("docs", "jextract", "scripts", "src")) {
            pages.addAll(files(ROOT.resolve(folder), ".md"));
        }
        return pages;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    /** Returns the anchor of a heading: lower case, no punctuation, hyphens for spaces. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .strip()
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        String text = Files.readString(page).replaceAll("(?ms)^ *```.*?^ *```$", "");
        for (Matcher heading = HEADING.matcher(text); heading.find();) {
            anchors.add(anchor(heading.group(1)));
        }
        return anchors;
    }

    private static String brokenBecause(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!target.startsWith(ROOT) || !Files.exists(target)) {
            return link + ": no such file";
        }
        return hash >= 0 && !anchors(target).contains(link.substring(hash + 1))
                ? link + ": no such heading"
                : null;
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }

    @TestFactory
    @DisplayName("every relative link points to an existing file and heading")
    Stream<DynamicTest> everyRelativeLinkWorks() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(ROOT.relativize(page).toString(), () -> {
                    List<String> broken = new ArrayList<>();
                    String prose = CODE.matcher(Files.readString(page)).replaceAll("");
                    for (Matcher link = LINK.matcher(prose); link.find();) {
                        if (!link.group(1).matches("[a-z]+:.*")) {
                            String reason = brokenBecause(page, link.group(1));
                            if (reason != null) {
                                broken.add(reason);
                            }
                        }
                    }
                    assertEquals(List.of(), broken);
                }));
    }

    @TestFactory
    @DisplayName("every Java snippet is part of an example that is compiled")
    Stream<DynamicTest> everySnippetIsInAnExample() throws IOException {
        List<String> examples = new ArrayList<>();
        for (Path example : files(ROOT.resolve("src/examples/java"), ".java")) {
            examples.add(withoutSpace(Files.readString(example)));
        }
        return pages().stream()
                .filter(page -> !page.endsWith("docs/tutorial.md")) // TutorialTest runs it
                .flatMap(page -> snippets(page).stream()
                        .map(snippet -> DynamicTest.dynamicTest(
                                ROOT.relativize(page) + ": "
                                        + snippet.lines().findFirst().orElse(""),
                                () -> assertFalse(
                                        examples.stream()
                                                .noneMatch(example -> example
                                                        .contains(withoutSpace(snippet))),
                                        () -> "in no file of src/examples:\n" + snippet))));
    }

    @Test
    @DisplayName("every snippet of the javadoc is part of an example that is compiled")
    void everyJavadocSnippetIsInAnExample() throws IOException {
        List<String> examples = new ArrayList<>();
        for (Path example : sources("src/examples/java")) {
            examples.add(withoutSpace(Files.readString(example)));
        }
        Set<String> missing = new TreeSet<>();
        int count = 0;
        for (Path source : sources("src/main/java")) {
            Matcher snippet = JAVADOC_SNIPPET.matcher(Files.readString(source));
            for (; snippet.find(); count++) {
                String code = withoutSpace(snippet.group(1).replaceAll("(?m)^ *\\*", ""));
                if (examples.stream().noneMatch(example -> example.contains(code))) {
                    missing.add(ROOT.relativize(source) + ": " + snippet.group(1));
                }
            }
        }
        assertTrue(count > 5, "found only " + count);
        assertEquals(Set.of(), missing);
    }

    private static List<String> snippets(Path page) {
        try {
            return JAVA_BLOCK.matcher(Files.readString(page))
                    .results()
                    .map(block -> block.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("every page that the sources mention exists")
    void everyMentionedPageExists() throws IOException {
        Set<String> missing = new TreeSet<>();
        Set<String> there =
                files(ROOT.resolve("docs"), ".md").stream()
                        .map(page -> ROOT.relativize(page).toString())
                        .collect(Collectors.toSet());
        List<Path> sources = new ArrayList<>(files(ROOT.resolve("src"), ".java"));
        sources.addAll(files(ROOT.resolve("scripts"), ""));
        for (Path source : sources) {
            if (Files.isRegularFile(source) && !source.endsWith("DocsTest.java")) {
                for (Matcher mention = MENTION.matcher(Files.readString(source)); mention.find();) {
                    String page = mention.group(1);
                    if (there.stream()
                            .noneMatch(file -> file.equals(page) || file.startsWith(page + "-"))) {
                        missing.add(page + " in " + ROOT.relativize(source));
                    }
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    @DisplayName("every test that verifies a promise exists")
    void everyTestOfAPromiseExists() throws IOException {
        Set<String> tests = files(ROOT.resolve("src"), ".java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        String page = Files.readString(ROOT.resolve("docs/durability.md"));
        String table = page.substring(page.indexOf("| promise | test |"),
                page.indexOf("## What is done"));
        List<String> rows = table.lines().filter(row -> row.startsWith("| ")).skip(1).toList();
        Set<String> missing = new TreeSet<>();
        for (String row : rows) {
            List<String> named = Pattern.compile("`(\\w+)`")
                    .matcher(row.substring(row.lastIndexOf('|', row.length() - 2)))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            if (named.isEmpty() || !tests.containsAll(named)) {
                missing.add(row);
            }
        }
        assertFalse(rows.isEmpty());
        assertEquals(Set.of(), missing);
    }

    @Test
    @DisplayName("every class and member that the architecture names exists")
    void everyClassOfTheArchitectureExists() throws IOException {
        Map<String, Path> sources = Stream.of("src/main/java", "src/test/java", "src/examples/java")
                .flatMap(folder -> sources(folder).stream())
                .collect(Collectors.toMap(
                        source -> source.getFileName().toString().replace(".java", ""),
                        source -> source, (one, other) -> one));
        Set<String> missing = new TreeSet<>();
        String page = architecture().replaceAll("\\]\\([^)]*\\)", "");
        Matcher name = CLASS.matcher(page);
        int count = 0;
        for (; name.find(); count++) {
            Path source = sources.get(name.group(1));
            String member = name.group(2);
            if (source == null || member != null && !declares(source, member)) {
                missing.add(name.group());
            }
        }
        assertTrue(count > 50, "found only " + count);
        assertEquals(Set.of(), missing);
    }

    @Test
    @DisplayName("the architecture lists every package, on one page")
    void architectureListsEveryPackage() throws IOException {
        Path root = ROOT.resolve("src/main/java/io/github/vdm4j");
        Set<String> packages = files(root, ".java").stream()
                .map(source -> root.relativize(source.getParent()).toString().replace('/', '.'))
                .map(name -> name.isEmpty() ? "the root package" : name)
                .collect(Collectors.toCollection(TreeSet::new));
        String page = architecture();
        Set<String> listed = page.substring(page.indexOf("| package |"))
                .lines()
                .skip(2)
                .map(row -> row.split("\\|")[1].strip().replace("`", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(packages, listed);
        assertTrue(page.lines().count() <= 120, () -> page.lines().count() + " lines");
    }

    private static String architecture() throws IOException {
        return Files.readString(ROOT.resolve("docs/architecture.md"));
    }

    private static List<Path> sources(String folder) {
        try {
            return files(ROOT.resolve(folder), ".java");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether a class declares a method. */
    private static boolean declares(Path source, String member) throws IOException {
        return Pattern.compile("(?m)^ +[\\w.<>,? \\[\\]]+ " + member + "\\(")
                .matcher(Files.readString(source))
                .find();
    }

    @Test
    @DisplayName("prose has at most 100 columns, except in tables, code and the targets of links")
    void proseHasAtMost100Columns() throws IOException {
        List<String> tooLong = new ArrayList<>();
        List<Path> written = pages();
        written.remove(ROOT.resolve("docs/benchmarks.md")); // generated from findings.md
        for (Path page : written) {
            String prose = Files.readString(page)
                    .replaceAll("(?ms)^ *```.*?^ *```$", "")
                    .replaceAll("\\]\\([^)\\s]*\\)|<?https?:[^\\s)]*", "]");
            prose.lines()
                    .filter(line -> line.length() > COLUMNS)
                    .filter(line -> !line.startsWith("|") && !line.startsWith("    "))
                    .forEach(line -> tooLong.add(ROOT.relativize(page) + ": " + line));
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    @DisplayName("code has at most 100 columns, except in text blocks")
    void codeHasAtMost100Columns() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path source : sources("src")) {
            if (!source.toString().contains("/ffi/")) { // generated
                Files.readString(source)
                        .replaceAll("(?s)\"\"\"\n.*?\"\"\"", "")
                        .lines()
                        .filter(line -> line.length() > COLUMNS)
                        .forEach(line -> tooLong.add(ROOT.relativize(source) + ": " + line));
            }
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    @DisplayName("the settings page lists every property, variable and builder option")
    void settings() throws IOException {
        Set<String> settings = new TreeSet<>();
        Pattern option = Pattern.compile("public (?:\\w+Builder|BufferAllocator|B) (\\w+)\\(");
        Pattern variable = Pattern.compile("\"(vdm4j(?:\\.\\w+)+|VDM4J_\\w+)\"");
        for (Path source : sources("src/main/java")) {
            String text = Files.readString(source);
            if (source.toString().matches(".*(Builder|BufferAllocator)\\.java")) {
                option.matcher(text).results().forEach(found -> settings.add(found.group(1)));
            }
            if (!source.toString().contains("/cli/")) {
                variable.matcher(text).results().forEach(found -> settings.add(found.group(1)));
            }
        }
        Set<String> listed = Pattern.compile("(?m)^\\|[^`\\n]*`([\\w.]+)` \\|(?: `(\\w+)` \\|)?")
                .matcher(Files.readString(ROOT.resolve("docs/settings.md")))
                .results()
                .flatMap(found -> Stream.of(found.group(1), found.group(2)))
                .filter(name -> name != null && !name.equals("VDM4J_JAVA_HOME")) // of the scripts
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(settings, listed);
    }

    @Test
    @DisplayName("the results page lists every result")
    void results() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/results.md"));
        Set<String> listed = Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(page.substring(0, page.indexOf("## Paths")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                Stream.of(VdmResult.values())
                        .map(Enum::name)
                        .collect(Collectors.toCollection(TreeSet::new)),
                listed);
    }

    @Test
    @DisplayName("the troubleshooting page lists exactly the names of failures")
    void pageListsFailureNames() throws IOException {
        Set<String> names = new TreeSet<>();
        for (VdmResult result : VdmResult.values()) {
            if (result != VdmResult.SUCCESS) {
                names.add(inBrackets(new VdmException(result, null, "failed", null).toString()));
            }
        }
        for (FailureName name : FailureName.values()) {
            names.add(inBrackets(name.endOf("failed")));
        }
        Set<String> listed = Pattern.compile("(?m)^\\| `(VDM-[A-Z-]+)` \\| \\S")
                .matcher(Files.readString(ROOT.resolve("docs/troubleshooting.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(names, listed);
    }

    private static String inBrackets(String message) {
        return message.substring(message.indexOf('[') + 1, message.lastIndexOf(']'));
    }

    @Test
    @DisplayName("every name of a failure is at the end of a message")
    void namesInMessages() throws IOException {
        var code = new StringBuilder();
        for (Path file : files(ROOT.resolve("src/main/java"), ".java")) {
            code.append(Files.readString(file));
        }
        for (FailureName name : FailureName.values()) {
            assertTrue(Pattern.compile("FailureName\\." + name + "\\s*\\.endOf\\(")
                    .matcher(code)
                    .find(), () -> name + " is in no message");
        }
    }

    @Test
    @DisplayName("a message has the same numbers in every locale")
    void messagesHaveNoLocale() throws IOException {
        Pattern number = Pattern.compile("\"[^\"]*%[-+0-9,.]*[defg][^\"]*\""
                + "(?:\\s*\\+\\s*\"[^\"]*\")*\\)?\\s*\\.formatted\\(");
        Set<String> found = new TreeSet<>();
        for (Path file : files(ROOT.resolve("src/main/java"), ".java")) {
            for (Matcher match = number.matcher(Files.readString(file)); match.find();) {
                found.add(file.getFileName() + ": " + match.group());
            }
        }
        assertEquals(Set.of(), found, "use Message.of");
    }

    @Test
    @DisplayName("the performance tables of the README have the figures of the benchmarks")
    void readmeHasTheBenchmarksFigures() throws IOException {
        var page = BenchmarkPage.read(ROOT.resolve("docs/benchmarks.md"));
        assertEquals(page.summary(), readmeTable("| vdm4j ÷"));
        assertEquals(page.appends(), readmeTable("| records a second"));
    }

    /** Returns the table of the README that begins with a text. */
    private static String readmeTable(String begin) throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        int at = readme.indexOf(begin);
        assertTrue(at >= 0, "the README has no table " + begin);
        return readme.substring(at, readme.indexOf("\n\n", at) + 1);
    }

    @Test
    @DisplayName("no page names a path of the machine that it was written on")
    void noPageNamesAMachinePath() throws IOException {
        Set<String> found = new TreeSet<>();
        Pattern path = Pattern
                .compile("(?:/work/(?!files)|/opt/(?:wt|read)|/home/\\w+|/tmp/bash)[^\\s`]*");
        for (Path page : pages()) {
            for (Matcher match = path.matcher(Files.readString(page)); match.find();) {
                found.add(match.group() + " in " + ROOT.relativize(page));
            }
        }
        assertEquals(Set.of(), found);
    }
}
