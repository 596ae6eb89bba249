package io.github.vdm4j.dml;

import io.github.vdm4j.dml.ffi.dml_library_version_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The version that an opened DML library reports.
 *
 * <p>C counterpart: {@code dml_library_version_t}.
 *
 * @param name the library's name
 * @param version the version in text form
 * @param major the major version
 * @param minor the minor version
 * @param patch the patch version
 * @param commit the abbreviated commit of the build
 * @param buildDate the date of the build
 * @param minimalHardwareVersion the oldest hardware that it supports
 */
public record DmlVersion(
        String name,
        String version,
        int major,
        int minor,
        int patch,
        String commit,
        String buildDate,
        String minimalHardwareVersion) {

    static DmlVersion read(MemorySegment struct) {
        return new DmlVersion(
                text(dml_library_version_t.name(struct)),
                text(dml_library_version_t.version(struct)),
                dml_library_version_t.major(struct),
                dml_library_version_t.minor(struct),
                dml_library_version_t.patch(struct),
                text(dml_library_version_t.commit(struct)),
                text(dml_library_version_t.date(struct)),
                text(dml_library_version_t.hw_minimal_version(struct)));
    }

    /**
     * Returns the text of a field. A field has a fixed size and may lack a terminating zero byte.
     */
    private static String text(MemorySegment field) {
        String text = new String(field.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        int end = text.indexOf(0);
        return text.substring(0, end < 0 ? text.length() : end).strip();
    }
}
