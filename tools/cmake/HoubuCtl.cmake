# The operators' command line.
function(houbu_ctl)
  add_executable(houbuctl tools/houbuctl/main.cc tools/houbuctl/session.cc
                          tools/houbuctl/texts.cc tools/houbuctl/audit.cc
                          tools/houbuctl/staff.cc
                          tools/houbuctl/demand.cc tools/houbuctl/inventory.cc
                          tools/houbuctl/ledger.cc tools/houbuctl/payment.cc
                          tools/houbuctl/proposal.cc tools/houbuctl/reconcile.cc
                          tools/houbuctl/refunds.cc tools/houbuctl/cancellation.cc
                          tools/houbuctl/travel.cc)
  target_link_libraries(houbuctl PRIVATE houbu_rpc houbu_identity houbu_protos CLI11::CLI11
                                         nlohmann_json::nlohmann_json houbu_flags)
  houbu_program(houbuctl)
endfunction()
