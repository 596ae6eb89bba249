# Simplifies the classes that jextract generates.
#  - It removes the handles of the single elements of an array in a struct, with their accessors. Nothing
#    uses them, and their creation takes milliseconds (docs/adr/0019-start-up.md).
#  - It makes a constant a public field instead of an accessor. A field can be the label of a switch.
/^    private static final VarHandle .*\$ELEM_HANDLE = / { left = 2 }   # the handle, its getter and its setter
/^    private static final (int|long) [A-Za-z0-9_]+ = (\(int\))?-?[0-9]+L;$/ {
  constant = $0; sub(/private/, "public", constant); next
}
constant && /^    public static (int|long) [A-Za-z0-9_]+\(\) {$/ { print constant; constant = ""; left = 1 }
left { if (/^    }$/) left--; next }
{ print }
