// The techniques that a system has, best first, and what makes each: the tables are in the folder of the system.
#pragma once

#include <memory>
#include <vector>

#include "receive/techniques/receive_technique.h"
#include "send/techniques/send_technique.h"

namespace penstock {

struct SendRow {
  Technique technique;
  std::unique_ptr<SendTechnique> (*make)(const SessionOptions& options, Calls& calls);
};

struct ReceiveRow {
  Technique technique;
  std::unique_ptr<ReceiveTechnique> (*make)(const SessionOptions& options, Calls& calls);
};

struct TechniqueTables {
  std::vector<SendRow> send;
  std::vector<ReceiveRow> receive;
  std::vector<Technique> copy;
};

/** Of the system. */
const TechniqueTables& SystemTechniques();

/** For a row whose technique takes no option. */
template <SendMaker* make>
std::unique_ptr<SendTechnique> SendBy(const SessionOptions& /*options*/, Calls& calls) {
  return make(calls);
}

template <ReceiveMaker* make>
std::unique_ptr<ReceiveTechnique> ReceiveBy(const SessionOptions& /*options*/, Calls& calls) {
  return make(calls);
}

std::unique_ptr<SendTechnique> SendByMmap(const SessionOptions& options, Calls& calls);

}  // namespace penstock
