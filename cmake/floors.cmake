# How a floor of the house is built: a folder is a static library of all its .cpp files, which links
# only to the floors that it may include (docs/architecture.md; tests/house checks the includes).
# The presets release, asan and tsan compile eight sources of a room at once (CMAKE_UNITY_BUILD), for
# most of the time goes into headers; dev compiles each by itself, and so does clang-tidy.

find_program(ROLLCALL_CCACHE ccache)
if(ROLLCALL_CCACHE)
  # ccache can cache precompiled headers only with the first two sloppiness flags.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${ROLLCALL_CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json system)
find_package(CURL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)  # Debian 12 has no CMake package for it

add_library(rollcall_build INTERFACE)
target_compile_options(rollcall_build INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Wno-missing-field-initializers)  # designated initialisers leave defaults out
if(ROLLCALL_WERROR)
  target_compile_options(rollcall_build INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False warnings of g++ 12: Asio's pooled coroutine frames look like a new and a delete that do not
  # match, and the inside of an empty std::optional like an uninitialised value; "a" + std::string
  # like a write out of bounds; a source of a united build like a header with an anonymous namespace.
  target_compile_options(rollcall_build INTERFACE -fpch-preprocess -Wno-mismatched-new-delete
                         -Wno-maybe-uninitialized -Wno-subobject-linkage -Wno-array-bounds
                         -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Clang warns about the deprecated std::get_temporary_buffer that libstdc++ 12 itself uses.
  target_compile_options(rollcall_build INTERFACE -Wno-deprecated-declarations)
endif()
if(ROLLCALL_SANITIZE)
  target_compile_options(rollcall_build INTERFACE -fsanitize=${ROLLCALL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(rollcall_build INTERFACE -fsanitize=${ROLLCALL_SANITIZE})
  if(ROLLCALL_SANITIZE MATCHES "undefined")
    # The vptr check calls pipe(2) to find out whether memory can be read: in tests that use up all
    # file descriptors it reports every object as broken.
    target_compile_options(rollcall_build INTERFACE -fno-sanitize=vptr)
  endif()
  if(ROLLCALL_SANITIZE STREQUAL "thread")
    # ThreadSanitizer does not support fences (g++ warns of each); Asio's mutexes give the order too.
    target_compile_definitions(rollcall_build INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
target_include_directories(rollcall_build INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(rollcall_build INTERFACE ROLLCALL_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  SPDLOG_FMT_EXTERNAL)
target_link_libraries(rollcall_build INTERFACE Threads::Threads fmt::fmt)

# rollcall_floor(NAME [FLOORS lower...] [LIBRARIES outside...]
#                [PRECOMPILE header... | PRECOMPILED_BY a lower one, whose headers it takes])
function(rollcall_floor name)
  cmake_parse_arguments(FLOOR "" "PRECOMPILED_BY" "FLOORS;LIBRARIES;PRECOMPILE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(sources)
    add_library(rollcall_${name} STATIC ${sources})
    set(scope PUBLIC)
    if(FLOOR_PRECOMPILE)
      target_precompile_headers(rollcall_${name} PRIVATE ${FLOOR_PRECOMPILE})
    elseif(FLOOR_PRECOMPILED_BY)
      target_precompile_headers(rollcall_${name} REUSE_FROM rollcall_${FLOOR_PRECOMPILED_BY})
    endif()
  else()
    add_library(rollcall_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(rollcall_${name} ${scope} rollcall_build ${FLOOR_LIBRARIES})
  foreach(lower IN LISTS FLOOR_FLOORS)
    target_link_libraries(rollcall_${name} ${scope} rollcall_${lower})
  endforeach()
endfunction()
