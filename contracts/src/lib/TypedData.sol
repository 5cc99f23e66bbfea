// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The EIP-712 domain (name, version, chain, contract) of a contract.
/// @dev OpenZeppelin's EIP712 imports code that needs the `mcopy` of cancun; ours runs on chains that stopped at paris.
/// The separator is built anew on a forked chain and when this code runs at another address (by delegatecall).
abstract contract TypedData {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant VERSION_HASH = keccak256("1");

    bytes32 private immutable _nameHash;
    uint256 private immutable _homeChain;
    address private immutable _home;
    bytes32 private immutable _homeDomain;

    constructor() {
        _nameHash = keccak256(bytes(_domainName()));
        _homeChain = block.chainid;
        _home = address(this);
        _homeDomain = _buildDomain();
    }

    function _domainName() internal pure virtual returns (string memory);

    /// @dev For the one part that answers ERC-5267: a function of everybody's would cost each later selector 22 gas.
    function _eip712Domain()
        internal
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (0x0f, _domainName(), "1", block.chainid, address(this), 0, new uint256[](0));
    }

    function _domain() internal view returns (bytes32) {
        return block.chainid == _homeChain && address(this) == _home ? _homeDomain : _buildDomain();
    }

    function _buildDomain() private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, _nameHash, VERSION_HASH, block.chainid, address(this)));
    }

    /// @return digest keccak256(0x1901 ‖ domain ‖ structHash)
    function _digest(bytes32 structHash) internal view returns (bytes32 digest) {
        bytes32 domain = _domain();
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, hex"1901")
            mstore(add(free, 2), domain)
            mstore(add(free, 34), structHash)
            digest := keccak256(free, 66)
        }
    }
}
