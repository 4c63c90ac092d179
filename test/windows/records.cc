// The driver's cases of records over Windows' own cipher library. Argument: the path of golden.json.
#include "cases/cases.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  driver::Records(argv[1]);
  driver::ForgedRecords();
  return 0;
}
