# What jextract's classes do when they are initialised is done while the first mover of a JVM is opened. Two things take
# several milliseconds each, and nobody uses them:
#  - the handles by which single elements of an array in a struct are read and written are left out with their accessors;
#  - where the generated functions look their symbols up goes to a class of its own, initialised by the first look.
/^    private static final VarHandle .*\$ELEM_HANDLE = / { left = 2 }   # the handle, its getter and its setter
left { if (/^    }$/) left--; next }

/^    static final SymbolLookup SYMBOL_LOOKUP = / { print "    static final class Symbols {"; inside = 1 }
inside { print "    " $0; if (/;$/) { print "    }"; inside = 0 } next }
{ gsub(/SYMBOL_LOOKUP\.find/, "Symbols.&"); print }
