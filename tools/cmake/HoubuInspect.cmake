# houbu-inspect: decodes one foreign file in a cell and writes it anew. It takes the domain of
# account and what decodes; of houbu_async only what Asio's headers, precompiled, refer to.
function(houbu_inspect)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/account/inspect/*.cc)
  list(FILTER sources EXCLUDE REGEX "(_test|/test_[a-z]+)\\.cc$")
  add_executable(houbu-inspect ${sources})
  target_include_directories(houbu-inspect PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(houbu-inspect PRIVATE houbu_account_domain houbu_async houbu_flags
                                              PkgConfig::jpeg PkgConfig::png PkgConfig::qpdf
                                              PkgConfig::seccomp)
  # qpdf's old smart pointer, which we use no more than it does, asks to be told so.
  target_compile_definitions(houbu-inspect PRIVATE POINTERHOLDER_TRANSITION=4)
  # Every symbol is bound before the cell closes.
  target_link_options(houbu-inspect PRIVATE -Wl,-z,now)
  if(HOUBU_SANITIZE)
    # Looking whether a pointer may be read takes a pipe, which a cell has not.
    target_compile_options(houbu-inspect PRIVATE -fno-sanitize=vptr)
    target_compile_definitions(houbu-inspect PRIVATE HOUBU_SANITIZED)
    target_compile_definitions(account_test PRIVATE HOUBU_SANITIZED)
  endif()
  # Its tests, and those of account, run it.
  add_dependencies(account_test houbu-inspect)
  target_sources(account_test PRIVATE services/account/inspect/test_files.cc
                                      services/account/inspect/confinement.cc)
  target_link_libraries(account_test PRIVATE PkgConfig::jpeg PkgConfig::qpdf PkgConfig::seccomp z)
  target_compile_definitions(account_test PRIVATE POINTERHOLDER_TRANSITION=4)
endfunction()
