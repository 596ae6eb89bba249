package io.github.vdm4j.dml.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A comparison of the generated code with numbers that a C compiler printed for the header of DML
 * 1.1.1. It fails if a different header or a different jextract changes them.
 */
@DisplayName("The generated bindings")
class BindingsTest {

    @Test
    void jobFieldsHaveTheOffsetsOfC() {
        assertEquals(120, dml_job_t.layout().byteSize());
        assertEquals(8, dml_job_t.layout().byteAlignment());
        assertEquals(
                Map.ofEntries(
                        Map.entry("source_first_ptr", "0+8"),
                        Map.entry("source_second_ptr", "8+8"),
                        Map.entry("destination_first_ptr", "16+8"),
                        Map.entry("destination_second_ptr", "24+8"),
                        Map.entry("crc_checksum_ptr", "32+8"),
                        Map.entry("source_length", "40+4"),
                        Map.entry("destination_length", "44+4"),
                        Map.entry("offset", "48+4"),
                        Map.entry("pattern", "52+8"),
                        Map.entry("operation", "60+4"),
                        Map.entry("result", "64+4"),
                        Map.entry("expected_result", "68+4"),
                        Map.entry("flags", "72+8"),
                        Map.entry("dif_config", "80+24"),
                        Map.entry("numa_id", "104+4"),
                        Map.entry("internal_data_ptr", "112+8")),
                fields(dml_job_t.layout()));
    }

    @Test
    void accessorsHaveTheOffsetsOfTheJob() {
        assertEquals(0, dml_job_t.source_first_ptr$offset());
        assertEquals(8, dml_job_t.source_second_ptr$offset());
        assertEquals(16, dml_job_t.destination_first_ptr$offset());
        assertEquals(24, dml_job_t.destination_second_ptr$offset());
        assertEquals(32, dml_job_t.crc_checksum_ptr$offset());
        assertEquals(40, dml_job_t.source_length$offset());
        assertEquals(44, dml_job_t.destination_length$offset());
        assertEquals(48, dml_job_t.offset$offset());
        assertEquals(52, dml_job_t.pattern$offset());
        assertEquals(60, dml_job_t.operation$offset());
        assertEquals(64, dml_job_t.result$offset());
        assertEquals(68, dml_job_t.expected_result$offset());
        assertEquals(72, dml_job_t.flags$offset());
        assertEquals(80, dml_job_t.dif_config$offset());
        assertEquals(104, dml_job_t.numa_id$offset());
        assertEquals(112, dml_job_t.internal_data_ptr$offset());
    }

    @Test
    void difFieldsHaveTheOffsetsOfC() {
        assertEquals(24, dml_dif_config_t.layout().byteSize());
        assertEquals(4, dml_dif_config_t.layout().byteAlignment());
        assertEquals(
                Map.of(
                        "flags", "0+4",
                        "source_reference_tag_seed", "4+4",
                        "source_application_tag_seed", "8+2",
                        "source_application_tag_mask", "10+2",
                        "destination_reference_tag_seed", "12+4",
                        "destination_application_tag_seed", "16+2",
                        "destination_application_tag_mask", "18+2",
                        "block_size", "20+4"),
                fields(dml_dif_config_t.layout()));
    }

    @Test
    void versionFieldsHaveTheOffsetsOfC() {
        assertEquals(136, dml_library_version_t.layout().byteSize());
        assertEquals(4, dml_library_version_t.layout().byteAlignment());
        assertEquals(
                Map.of(
                        "name", "0+30",
                        "minimal_cpu_isa", "30+16",
                        "date", "46+15",
                        "version", "61+20",
                        "hw_minimal_version", "81+30",
                        "commit", "111+12",
                        "major", "124+4",
                        "minor", "128+4",
                        "patch", "132+4"),
                fields(dml_library_version_t.layout()));
    }

    @Test
    void constantsMatchTheHeader() throws ReflectiveOperationException {
        var generated = new TreeMap<String, String>();
        for (Field field : dml_h.class.getFields()) {
            if (field.getName().startsWith("DML_")) {
                Number value = (Number) field.get(null);
                generated.put(
                        field.getName().substring(4),
                        value instanceof Integer i ? Integer.toUnsignedString(i) : value + "L");
            }
        }
        var pinned = new TreeMap<String, String>();
        CONSTANTS.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.split("="))
                .forEach(
                        pair -> pinned.put(
                                pair[0],
                                pair[1].endsWith("L") ? pair[1] : Long.decode(pair[1]).toString()));
        assertEquals(lines(pinned), lines(generated));
    }

    private static String lines(Map<String, String> constants) {
        return constants.entrySet()
                .stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    private static Map<String, String> fields(GroupLayout struct) {
        return struct.memberLayouts()
                .stream()
                .filter(member -> !(member instanceof PaddingLayout))
                .collect(
                        Collectors.toMap(
                                member -> member.name().orElseThrow(),
                                member -> struct.byteOffset(
                                        PathElement.groupElement(member.name().orElseThrow()))
                                        + "+" + member.byteSize()));
    }

    private static final String CONSTANTS =
            """
            OP_NOP=0
            OP_BATCH=1
            OP_DRAIN=2
            OP_MEM_MOVE=3
            OP_FILL=4
            OP_COMPARE=5
            OP_COMPARE_PATTERN=6
            OP_DELTA_CREATE=7
            OP_DELTA_APPLY=8
            OP_DUALCAST=9
            OP_CRC=16
            OP_COPY_CRC=17
            OP_DIF_CHECK=18
            OP_DIF_INSERT=19
            OP_DIF_STRIP=20
            OP_DIF_UPDATE=21
            OP_CACHE_FLUSH=32

            FLAG_BATCH=0x1
            FLAG_EXPECT_EQUAL=0x1
            FLAG_BATCH_LAST=0x2
            FLAG_BLOCK_ON_FAULT=0x2
            FLAG_EXPECT_NOT_EQUAL=0x2
            FLAG_EXPECT_OVERFLOW=0x4
            FLAG_FENCE=0x4
            FLAG_COPY_ONLY=0x20
            FLAG_CHECK_RESULT=0x80
            FLAG_DONT_INVALIDATE_CACHE=0x100
            FLAG_PREFETCH_CACHE=0x100
            FLAG_ADDRESS1_TCB=0x200
            FLAG_ADDRESS2_TCB=0x400
            FLAG_ADDRESS3_TCB=0x800
            FLAG_DST1_DURABLE=0x8000
            FLAG_CRC_READ_SEED=0x10000
            FLAG_DUALCAST_DST2_DURABLE=0x10000
            FLAG_CRC_BYPASS_REFLECTION=0x20000
            FLAG_CRC_BYPASS_DATA_REFLECTION=0x40000

            PATH_AUTO=0
            PATH_SW=1
            PATH_HW=2

            STATUS_OK=0
            STATUS_FALSE_PREDICATE_OK=1
            STATUS_BEING_PROCESSED=2
            STATUS_INTERNAL_ERROR=3
            STATUS_NULL_POINTER_ERROR=4
            STATUS_LIMITS_ERROR=5
            STATUS_PATH_ERROR=6
            STATUS_HINT_ERROR=7
            STATUS_CRC_ALIGN_ERROR=8
            STATUS_BATCH_ERROR=9
            STATUS_DELTA_ASCENDT_ERROR=10
            STATUS_DELTA_OFFSET_ERROR=11
            STATUS_DIF_CHECK_ERROR=12
            STATUS_JOB_OPERATION_ERROR=13
            STATUS_JOB_FLAGS_ERROR=14
            STATUS_JOB_LENGTH_ERROR=15
            STATUS_BATCH_LIMITS_ERROR=16
            STATUS_DELTA_RECORD_SIZE_ERROR=17
            STATUS_OVERLAPPING_BUFFER_ERROR=18
            STATUS_DUALCAST_ALIGN_ERROR=19
            STATUS_DELTA_ALIGN_ERROR=20
            STATUS_DELTA_INPUT_SIZE_ERROR=21
            STATUS_MEMORY_OVERFLOW_ERROR=22
            STATUS_JOB_CORRUPTED=23
            STATUS_WORK_QUEUE_OVERFLOW_ERROR=24
            STATUS_PAGE_FAULT_ERROR=25
            STATUS_TC_A_NOT_AVAILABLE=26
            STATUS_TC_B_NOT_AVAILABLE=27
            STATUS_BATCH_TASK_INDEX_OVERFLOW=28
            STATUS_BATCH_SIZE_ERROR=29
            STATUS_DRAIN_PAGE_FAULT_ERROR=30
            STATUS_UNKNOWN_CACHE_SIZE_ERROR=31
            STATUS_DIF_STRIP_ADJACENT_ERROR=32
            STATUS_INTL_INVALID_PAGE_REQUEST=33
            STATUS_INTL_INVALID_RESERVED_FIELD=34
            STATUS_INTL_MISALIGNED_DESC_LA=35
            STATUS_INTL_INVALID_COMPLETION_HANDLE=36
            STATUS_INTL_PAGE_FAULT_ON_TRANSLATION=37
            STATUS_INTL_MISALIGNED_CR_ADDRESS=38
            STATUS_INTL_MISALIGNED_ADDRESS=39
            STATUS_INTL_PRIVILEGE_ERROR=40
            STATUS_INTL_TRAFFIC_CLASS_ERROR=41
            STATUS_INTL_READBACK_ADDRESS_PAGE_ERROR=42
            STATUS_INTL_HARDWARE_READBACK_TIMEOUT=43
            STATUS_INTL_HARDWARE_TIMEOUT=44
            STATUS_INTL_ADDRESS_TRANSLATION_ERROR=45
            STATUS_LIBACCEL_NOT_FOUND=100
            STATUS_LIBACCEL_ERROR=101
            STATUS_WORK_QUEUES_NOT_AVAILABLE=102

            DIF_BLOCK_SIZE_512=0
            DIF_BLOCK_SIZE_520=1
            DIF_CHECK_GUARD_MISMATCH=1
            DIF_FLAG_SRC_F_ENABLE_ERROR=0x1
            DIF_BLOCK_SIZE_4096=2
            DIF_CHECK_APPLICATION_TAG_MISMATCH=2
            DIF_FLAG_SRC_F_DETECT_ALL=0x2
            DIF_BLOCK_SIZE_4104=3
            DIF_CHECK_REFERENCE_TAG_MISMATCH=4
            DIF_FLAG_SRC_F_DETECT_APP_TAG=0x4
            DIF_CHECK_ALL_BITS_SET_DETECT_ERROR=8
            DIF_FLAG_SRC_F_DETECT_TAGS=0x8
            DIF_FLAG_SRC_INC_APP_TAG=0x10
            DIF_FLAG_SRC_GUARD_CHECK_DISABLE=0x20
            DIF_FLAG_SRC_REF_TAG_CHECK_DISABLE=0x40
            DIF_FLAG_SRC_FIX_REF_TAG=0x80
            DIF_FLAG_DST_RESERVED1=0x100
            DIF_FLAG_DST_RESERVED2=0x200
            DIF_FLAG_DST_RESERVED3=0x400
            DIF_FLAG_DST_PASS_APP_TAG=0x800
            DIF_FLAG_DST_INC_APP_TAG=0x1000
            DIF_FLAG_DST_PASS_GUARD=0x2000
            DIF_FLAG_DST_PASS_REF_TAG=0x4000
            DIF_FLAG_DST_FIX_REF_TAG=0x8000
            DIF_FLAG_INVERT_CRC_SEED=0x40000
            DIF_FLAG_INVERT_CRC_RESULT=0x80000

            BASE_DRIVER_ERROR=100
            MAX_16U=65535
            MAX_32U=4294967295
            MAX_64U=-1L
            MAX_8U=255
            ONE_64U=1L
            MIN_16U=0
            MIN_32U=0
            MIN_64U=0
            MIN_8U=0
            MIN_BATCH_SIZE=4
            WAIT_MODE_BUSY_POLL=0
            WAIT_MODE_UMWAIT=1
            """;
}
