package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationMethodsTest {
    @ParameterizedTest
    @ValueSource(classes = {Batch.class, VdmOperation.class})
    void everyMethodOfVdmHasACounterpart(Class<?> type) {
        List<Method> operations = Arrays.stream(Vdm.class.getMethods())
                .filter(method -> method.getReturnType() == VdmFuture.class)
                .filter(method -> !method.getName().equals("drain")) // A drain is no task.
                .toList();
        assertTrue(operations.size() > 20, operations::toString);
        for (Method each : operations) {
            assertDoesNotThrow(() -> type.getMethod(each.getName(), each.getParameterTypes()));
        }
    }
}
