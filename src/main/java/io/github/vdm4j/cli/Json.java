package io.github.vdm4j.cli;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A JSON writer for records. The command prints one small report and parses no JSON. A JSON library
 * would be several times larger than the command's other libraries.
 */
final class Json {
    private Json() {}

    /**
     * Returns the JSON text of a value. The value is null, a boolean, a number, a string, an enum
     * constant, or a list, map or record of such values.
     */
    static String of(Object value) {
        return of(value, "");
    }

    private static String of(Object value, String indent) {
        return switch (value) {
            case null -> "null";
            case Boolean b -> b.toString();
            case Integer i -> i.toString();
            case Long l -> l.toString();
            case String s -> string(s);
            case Enum<?> constant -> string(constant.name());
            case List<?> list -> {
                var items = joiner('[', ']', indent, list.isEmpty());
                list.forEach(item -> items.add(indent + "  " + of(item, indent + "  ")));
                yield items.toString();
            }
            case Map<?, ?> map -> {
                var members = joiner('{', '}', indent, map.isEmpty());
                map.forEach((key, item) -> members
                        .add(indent + "  " + string(key.toString()) + ": "
                                + of(item, indent + "  ")));
                yield members.toString();
            }
            case Record entries -> of(components(entries), indent);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        };
    }

    private static StringJoiner joiner(char open, char close, String indent, boolean empty) {
        return empty
                ? new StringJoiner("", open + "", close + "")
                : new StringJoiner(",\n", open + "\n", "\n" + indent + close);
    }

    private static Map<String, Object> components(Record entries) {
        var members = new LinkedHashMap<String, Object>();
        Arrays.stream(entries.getClass().getRecordComponents())
                .forEach(component -> members.put(component.getName(), get(entries, component)));
        return members;
    }

    private static Object get(Record entries, RecordComponent component) {
        try {
            return component.getAccessor().invoke(entries);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no JSON for " + entries.getClass(), e);
        }
    }

    private static String string(String text) {
        var escaped = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> escaped.append('\\').append(c);
                case '\n' -> escaped.append("\\n");
                default -> escaped.append(
                        c < ' ' || Character.isSurrogate(c) ? "\\u%04x".formatted((int) c) : c);
            }
        }
        return escaped.append('"').toString();
    }
}
