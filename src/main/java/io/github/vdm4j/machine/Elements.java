package io.github.vdm4j.machine;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Checks of the elements that a caller passes in an array or a collection. */
public final class Elements {
    private Elements() {}

    /** Returns an unmodifiable list of the elements, see {@link #nonNull(Collection, String)}. */
    public static <T> List<T> nonNull(T[] elements, String name) {
        return List.copyOf(
                nonNull(Arrays.asList(Objects.requireNonNull(elements, name).clone()), name));
    }

    /**
     * Returns the collection. If an element is null, throws an exception with its place, for
     * example {@code options[1]}.
     *
     * @param name the name of the parameter
     */
    public static <C extends Collection<?>> C nonNull(C elements, String name) {
        int index = 0;
        for (Object element : Objects.requireNonNull(elements, name)) {
            if (element == null) {
                throw new NullPointerException(Message.of("%s[%d]", name, index));
            }
            index++;
        }
        return elements;
    }
}
