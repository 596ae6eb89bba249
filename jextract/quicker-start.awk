# What jextract's classes do when they are initialised is done while the first mover of a JVM is opened. Two things take
# several milliseconds each, and nobody uses them:
#  - the handles by which single elements of an array in a struct are read and written are left out with their accessors;
#  - where the generated functions look their symbols up goes to a class of its own, initialised by the first look.
# And a constant is a public field in place of its accessor: javac writes its value where it is used, so that the largest of the
# classes is not loaded for the sake of a number.
/^    private static final VarHandle .*\$ELEM_HANDLE = / { left = 2 }   # the handle, its getter and its setter
/^    private static final (int|long) [A-Za-z0-9_]+ = (\(int\))?-?[0-9]+L;$/ { constant = $0; sub(/private/, "public", constant); next }
constant && /^    public static (int|long) [A-Za-z0-9_]+\(\) {$/ { print constant; constant = ""; left = 1 }
left { if (/^    }$/) left--; next }

/^    static final SymbolLookup SYMBOL_LOOKUP = / { print "    static final class Symbols {"; inside = 1 }
inside { print "    " $0; if (/;$/) { print "    }"; inside = 0 } next }
{ gsub(/SYMBOL_LOOKUP\.find/, "Symbols.&"); print }
